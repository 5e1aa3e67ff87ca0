import { Pool } from "pg";

const pool = new Pool({ max: 10, connectionTimeoutMillis: 2000 });

export async function names(ids: string[]): Promise<string[]> {
  const names = [];
  for (const id of ids) {
    const { rows } = await pool.query("select name from users where id = $1", [id]);
    names.push(rows[0].name);
  }
  return names;
}
