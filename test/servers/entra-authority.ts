import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { entraToken } from './event-hubs/tokens.ts'

/** An authority of Entra ID that gives a token to whoever has the one secret. */
export class EntraAuthority {
  readonly #server: Server
  /** For so long its tokens hold, in milliseconds. */
  tokenMs = 3_600_000
  given = 0

  private constructor(tls: { readonly key: string; readonly cert: string }, secret: string) {
    this.#server = createServer(tls, (request, response) => {
      let body = ''
      request.on('data', (chunk: Buffer) => (body += chunk.toString()))
      request.on('end', () => {
        const [status, answer] = this.#answer(request.url ?? '', new URLSearchParams(body), secret)
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
      })
    })
  }

  static async start(tls: { readonly key: string; readonly cert: string }, secret: string): Promise<EntraAuthority> {
    const authority = new EntraAuthority(tls, secret)
    await new Promise<void>((resolve) => authority.#server.listen(0, '127.0.0.1', resolve))
    return authority
  }

  get url(): string {
    return `https://localhost:${(this.#server.address() as AddressInfo).port}`
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #answer(path: string, form: URLSearchParams, secret: string): [number, object] {
    const [, tenant = ''] = path.split('/')
    const token_endpoint = `${this.url}/${tenant}/oauth2/v2.0/token`
    if (path.includes('openid-configuration'))
      return [
        200,
        {
          issuer: `${this.url}/${tenant}/v2.0`,
          token_endpoint,
          authorization_endpoint: `${this.url}/${tenant}/oauth2/v2.0/authorize`,
          jwks_uri: `${this.url}/keys`,
        },
      ]
    if (form.get('client_secret') !== secret)
      return [401, { error: 'invalid_client', error_description: `AADSTS7000215: Invalid client secret provided.` }]
    this.given += 1
    const access_token = entraToken(Date.now() + this.tokenMs)
    return [200, { token_type: 'Bearer', expires_in: this.tokenMs / 1000, access_token }]
  }
}
