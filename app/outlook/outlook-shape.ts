/** What a configuration would do, in sentences: a part for each question that somebody asks who did not write it. */
export interface Outlook {
  readonly title: string
  readonly entries: readonly { readonly name?: string; readonly sentences: readonly string[] }[]
}
