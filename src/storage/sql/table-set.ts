import {
  type CreateIndexNode,
  IdentifierNode,
  type KyselyPlugin,
  OperationNodeTransformer,
  type PrimaryKeyConstraintNode,
  type SchemableIdentifierNode,
} from 'kysely'

/**
 * The tables each user model has of its own, those that others refer to first; `latchkey`, with the facts, they share.
 */
export const ownTables: ReadonlySet<string> = new Set([
  'users',
  'access_tokens',
  'mailed_tokens',
  'user_roles',
  'outbox',
  'counters',
])

/**
 * Lets one model's statements speak of its own tables: what is written about `users` is run on `customer_users`. So
 * steps and statements are written once, whatever the models are called.
 * @param prefix what the names of its tables and indexes begin with; empty for the plain ones
 */
export function tableSet(prefix: string): KyselyPlugin[] {
  if (prefix === '') return []
  const renamer = new Renamer(prefix)
  return [
    {
      transformQuery: ({ node }) => renamer.transformNode(node),
      transformResult: async ({ result }) => result,
    },
  ]
}

class Renamer extends OperationNodeTransformer {
  readonly #prefix: string
  constructor(prefix: string) {
    super()
    this.#prefix = prefix
  }

  protected override transformSchemableIdentifier(node: SchemableIdentifierNode): SchemableIdentifierNode {
    const { name } = node.identifier
    return ownTables.has(name) ? { ...node, identifier: IdentifierNode.create(this.#prefix + name) } : node
  }

  // So do keys, where they have names.
  protected override transformPrimaryKeyConstraint(
    ...[node, queryId]: Parameters<OperationNodeTransformer['transformPrimaryKeyConstraint']>
  ): PrimaryKeyConstraintNode {
    const transformed = super.transformPrimaryKeyConstraint(node, queryId)
    return node.name
      ? { ...transformed, name: IdentifierNode.create(this.#prefix + node.name.name) }
      : transformed
  }

  // Indexes share one space of names with the tables.
  protected override transformCreateIndex(
    ...[node, queryId]: Parameters<OperationNodeTransformer['transformCreateIndex']>
  ): CreateIndexNode {
    const transformed = super.transformCreateIndex(node, queryId)
    return { ...transformed, name: IdentifierNode.create(this.#prefix + node.name.name) }
  }
}
