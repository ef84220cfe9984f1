/**
 * How many transactions have finished, with the start of the server that counts them: two snapshots for which this is the
 * same see the same rows. `m.next`, of the CTE's row m, is what it will be once the statement's own transaction has
 * finished and no other: the moment of a statement that finds nothing changed.
 */
export const moment = `moment AS MATERIALIZED (
  SELECT since || finished AS at, since, finished, upper
  FROM (
    SELECT pg_postmaster_start_time()::text || ' ' AS since, pg_snapshot_xmax(s) AS upper, pg_snapshot_xmax(s)::text::bigint - (SELECT count(*) FROM pg_snapshot_xip(s)) AS finished
    FROM pg_current_snapshot() s
  ) counted
)`;

/** Null for a transaction that had its number before its snapshot, and so was counted already; statements of ours never do. */
export const nextMoment = `CASE WHEN pg_current_xact_id() >= m.upper THEN m.since || (m.finished + 1) END`;

/**
 * Records deliveries whose answers are known, if they hold still: when nobody has committed anything since but the
 * statement before this one. Then it answers the next moment; otherwise it records nothing and answers null.
 */
export const repeatStatement = `
WITH ${moment}, event AS (
  INSERT INTO audit_events (action, outcome, actor_kind, actor_id, actor_name, object_kind, object_id, object_name, request_id, address, details)
  SELECT 'secret.deliver', 'done', 'worker', ($4::uuid[])[r.which], ($5::text[])[r.which], 'algorithm', ($6::uuid[])[r.which], ($7::text[])[r.which],
    r.request_id, ($8::text[])[r.which], jsonb_build_object('reason', ($9::text[])[r.which], 'tag', ($10::text[])[r.which])
  FROM unnest($2::uuid[], $3::int[]) AS r(request_id, which)
  WHERE (SELECT m.at FROM moment m) = $1
)
SELECT m.at = $1 AS same, CASE WHEN m.at = $1 THEN ${nextMoment} END AS next FROM moment m`;
