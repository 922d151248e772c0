import { Visitor } from '@swc/core/Visitor.js'

interface Node {
  readonly type: string
  readonly decls?: readonly unknown[]
}
interface Walker {
  visitStatement: (this: Walker, node: Node) => Node
  visitVariableDeclarators: (this: Walker, declarators: readonly unknown[]) => unknown
}

/**
 * Teaches swc's walker, through which dependency-cruiser looks for imports, the declarations `using` and `await using`:
 * it throws at a statement that it does not know, and its authors add no new ones.
 */
export function teachUsing(): void {
  // oxlint-disable-next-line typescript/no-deprecated -- what dependency-cruiser uses
  const walker = Visitor.prototype as unknown as Walker
  const known = walker.visitStatement
  walker.visitStatement = function visitStatement(node) {
    if (node.type !== 'UsingDeclaration') return known.call(this, node)
    this.visitVariableDeclarators(node.decls ?? [])
    return node
  }
}
