import type { TokenCredential } from '@azure/identity'
import type { Config } from './config.ts'

/** Who signs in to Entra ID: the application that is configured, else whom the Azure SDK finds. */
export async function credentialOf({ identity }: Config): Promise<TokenCredential> {
  const { ClientSecretCredential, DefaultAzureCredential } = await import('@azure/identity')
  if (identity === undefined) return new DefaultAzureCredential()
  const { tenantId, clientId, clientSecret, authority } = identity
  // An authority that Microsoft's public cloud does not know cannot be looked up there.
  const options = authority === undefined ? {} : { authorityHost: authority, disableInstanceDiscovery: true }
  return new ClientSecretCredential(tenantId, clientId, clientSecret.reveal(), options)
}
