import { createServer, type Server } from 'node:net'

// Below what the systems give to outgoing connections: a client that knocks at the port of a killed server would sooner
// or later be given that very port, connect to itself, and keep the server from coming back.
const LOWEST = 20_000
const HIGHEST = 32_000

/** Ports of 127.0.0.1 on which nothing listens, each another. They are not held: use them at once. */
export async function freePorts(count: number): Promise<number[]> {
  const held: Server[] = []
  try {
    while (held.length < count) {
      const server = await listen(LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST)))
      if (server !== undefined) held.push(server)
    }
    return held.map((server) => (server.address() as { port: number }).port)
  } finally {
    await Promise.all(held.map((server) => new Promise((resolve) => server.close(resolve))))
  }
}

function listen(port: number): Promise<Server | undefined> {
  const server = createServer()
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    )
    server.listen({ port, host: '127.0.0.1' }, () => resolve(server))
  })
}
