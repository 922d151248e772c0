import type { ErrorNotes } from '../core/errors.ts'

/** What the codes mean that any sink may raise. */
export const sinkErrors: ErrorNotes = {
  SINK_ANSWER_INCOMPLETE: 'a sink did not say of each finding what became of it: a defect of that sink',
}
