/** How PostgreSQL reads what the functions of src/catalog/ ask it: the plans of their very statements. */
import type { Client } from 'pg'
import { z } from 'zod'
import { Prisma, type Db, type Reader } from '../../src/catalog/database.ts'

export interface PlanNode {
  'Node Type': string
  'Relation Name'?: string | undefined
  'Index Name'?: string | undefined
  'Index Cond'?: string | undefined
  Plans?: PlanNode[] | undefined
}

const Node: z.ZodType<PlanNode> = z.object({
  'Node Type': z.string(),
  'Relation Name': z.string().optional(),
  'Index Name': z.string().optional(),
  'Index Cond': z.string().optional(),
  get Plans() {
    return z.array(Node).optional()
  },
})
const Explained = z.array(z.object({ 'QUERY PLAN': z.array(z.object({ Plan: Node })) })).length(1)

/** One statement's plan, all nodes, parents before their children. */
export interface Plan {
  sql: string
  nodes: PlanNode[]
}

/**
 * The plans of every statement that `ask` sends: for its parameters, and, where the statement is
 * prepared, also the one for any parameters, which PostgreSQL may take after five calls.
 */
export async function plansOf(
  db: Db,
  client: Client,
  ask: (reader: Reader) => Promise<unknown>,
): Promise<Plan[]> {
  const plans: Plan[] = []
  const explain = async (query: Prisma.Sql): Promise<void> => {
    plans.push(toPlan(query, await db.$queryRaw`EXPLAIN (FORMAT JSON) ${query}`))
    if (query.sql.includes('/* planned anew */')) return
    const { rows } = await client.query(`EXPLAIN (GENERIC_PLAN, FORMAT JSON) ${query.text}`)
    plans.push(toPlan(query, rows))
  }
  const reader = new Proxy(db, {
    get: (target, name: keyof Db) =>
      name === '$queryRaw'
        ? async (first: TemplateStringsArray | Prisma.Sql, ...values: unknown[]) => {
            const query = first instanceof Prisma.Sql ? first : Prisma.sql(first, ...values)
            await explain(query)
            return target.$queryRaw(query)
          }
        : target[name],
  })
  await ask(reader)
  return plans
}

function toPlan(query: Prisma.Sql, rows: unknown): Plan {
  const [explained] = Explained.parse(rows)
  return {
    sql: query.sql,
    nodes: explained?.['QUERY PLAN'].flatMap(({ Plan: root }) => withChildren(root)) ?? [],
  }
}

export function withChildren(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(withChildren)]
}
