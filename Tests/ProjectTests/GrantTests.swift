import FoundationEssentials
import TestSupport
import Testing

/// Who may do what, as a list: a new grant is a new line in review.
@Suite struct GrantTests {
  static let file = "Tests/ProjectTests/Fixtures/grants.expected"

  /// Lines of `role object: privileges`. What an owner may do with its own is left out, and the functions that lend
  /// no rights are one line for a role that may call them all.
  static let grants = """
    with r as (select oid, rolname from pg_roles where rolname like 'tistis\\_%' and rolname <> 'tistis_owner'),
    f as (
      select oid, proacl, proowner, prosecdef, count(*) filter (where not prosecdef) over () as all_plain
        from pg_proc p where pronamespace = 'public'::regnamespace
          and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')),
    held as (
      select m.member as grantee, 0 as kind, 'role ' || m.roleid::regrole as object, 'MEMBER' as privilege_type,
          m.admin_option as is_grantable, null::text as column, 0 as place, 0::oid as owner
        from pg_auth_members m where m.roleid::regrole::text like 'tistis\\_%'
      union all
      select a.grantee, 1 as kind, 'schema ' || n.nspname as object, a.privilege_type, a.is_grantable,
          null::text as column, 0 as place, n.nspowner as owner
        from pg_namespace n, aclexplode(n.nspacl) a where n.nspname = 'public'
      union all
      select a.grantee, 2, c.oid::regclass::text, a.privilege_type, a.is_grantable, null, 0, c.relowner
        from pg_class c, aclexplode(c.relacl) a where c.relnamespace = 'public'::regnamespace
      union all
      select a.grantee, 2, c.oid::regclass::text, a.privilege_type, a.is_grantable, t.attname, t.attnum, c.relowner
        from pg_class c join pg_attribute t on t.attrelid = c.oid, aclexplode(t.attacl) a
       where c.relnamespace = 'public'::regnamespace
      union all
      select a.grantee, 3,
          case when not f.prosecdef and f.all_plain = count(*) over (partition by a.grantee, f.prosecdef)
            then 'every function with its caller''s rights' else f.oid::regprocedure::text end,
          a.privilege_type, a.is_grantable, null, 0, f.proowner
        from f, aclexplode(f.proacl) a),
    lines as (
      select r.rolname, h.kind, h.object,
          lower(h.privilege_type) || case when h.is_grantable then ' and grant it' else '' end
            || coalesce(' (' || string_agg(h.column, ', ' order by h.place) || ')', '') as privilege
        from held h join r on r.oid = h.grantee where h.grantee <> h.owner
       group by r.rolname, h.kind, h.object, h.privilege_type, h.is_grantable, h.column is null)
    select format('%s %s: %s', rolname, object, string_agg(privilege, ', ' order by privilege collate "C"))
      from lines group by rolname, kind, object order by rolname collate "C", kind, object collate "C"
    """

  /// With `UPDATE=1` in the environment the file is rewritten instead: `git diff` is the review.
  @Test func grantsAreTheListedOnes() throws {
    let actual = try Database.world.sentences(Self.grants)
    #expect(actual.count > 40)
    if ProcessInfo.processInfo.environment["UPDATE"] == "1" {
      try Data((actual.joined(separator: "\n") + "\n").utf8).write(to: URL(filePath: Tree.path(Self.file)))
    }
    let listed = Tree.read(Self.file).split(separator: "\n").map { String($0) }
    let cure = "if it is meant: UPDATE=1 bin/test --filter GrantTests, and have git diff reviewed"
    expectNone(Set(actual).subtracting(listed).sorted().map { "granted and not listed: \($0)" }, cure: cure)
    expectNone(Set(listed).subtracting(actual).sorted().map { "listed and not granted: \($0)" }, cure: cure)
  }
}
