import TestSupport
import Testing

/// The integration guide's names are public interface: dashboards, n8n and SQL clients of others rely on them. The files are
/// its tables and functions, written down from its own pages; what is in them must not disappear.
@Suite struct GuideTests {
  /// Rows of a file of Fixtures/guide, without its head.
  static func rows(_ file: String) -> [[String]] {
    Tree.read("Tests/ProjectTests/Fixtures/guide/\(file)").split(separator: "\n").dropFirst().map {
      $0.split(separator: "\t", omittingEmptySubsequences: false).map { String($0) }
    }
  }

  static let tables = rows("tables.tsv")
  static let functions = rows("functions.tsv")

  @Test func theFilesAreRead() {
    #expect(Self.tables.count > 20 && Self.tables.allSatisfy { $0.count == 4 })
    #expect(Self.functions.count > 20 && Self.functions.allSatisfy { $0.count == 3 })
  }

  /// Every column is there under its name, and a member of `tistis_guide` may read it.
  @Test(arguments: tables) func columns(_ row: [String]) throws {
    let (relation, kind) = (row[1], row[2])
    let found = try Database.world.sentences(
      """
      select a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
       where c.oid = to_regclass('public.\(relation)') and c.relkind = '\(kind == "view" ? "v" : "r")'
         and has_column_privilege('tistis_guide', c.oid, a.attnum, 'select')
      """)
    let wanted = row[3].split(separator: " ").map { String($0) }
    expectNone(
      Set(wanted).subtracting(found).sorted().map { "\(relation).\($0) of the guide's \(row[0])" },
      cure:
        "it is public interface: give it back, in the table, in functions/0_guide.sql or with a grant to tistis_guide")
  }

  /// What stands for a table of the guide's can be written as one (28: insert, update and delete).
  @Test(arguments: tables.filter { $0[2] == "view" }.map { $0[1] }) func views(_ view: String) throws {
    #expect(try Database.world.count("select pg_relation_is_updatable('\(view)'::regclass, true)") == 28)
  }

  @Test func functions() throws {
    let found = try Database.world.sentences(
      """
      select concat_ws(E'\\t', p.proname, pg_get_function_arguments(p.oid), pg_get_function_result(p.oid)) from pg_proc p
       where p.pronamespace = 'public'::regnamespace and has_function_privilege('tistis_guide', p.oid, 'execute')
      """)
    expectNone(
      Set(Self.functions.map { $0.joined(separator: "\t") }).subtracting(found).sorted(),
      cure: "arguments, defaults and columns are public interface: give them back, with execute for tistis_guide")
  }

  /// Only the two that claim cross to other rights; the rest runs with its caller's.
  @Test func functionsLendNoRights() throws {
    let names = Set(Self.functions.map { $0[0] }).subtracting(["claim_next_job", "complete_job"])
    let lending = try Database.world.sentences(
      "select proname from pg_proc where pronamespace = 'public'::regnamespace and prosecdef")
    #expect(!lending.isEmpty)
    #expect(names.intersection(lending).isEmpty)
  }
}
