import { Type, type Static } from 'typebox'
import { queueSettings } from '../aws/queue-settings.ts'

export const configSchema = Type.Object(queueSettings('security-hub-findings'), { additionalProperties: false })
export type Config = Static<typeof configSchema>
