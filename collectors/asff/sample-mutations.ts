import { anyBodyOf } from '../records/sample-mutations.ts'
import { asffFindings, ocsfFindings } from './sample-findings.ts'

/** Any body that Security Hub, or whoever writes its formats, might send. */
export const anyBody = anyBodyOf([...asffFindings, ...ocsfFindings].map(({ body }) => body))
