import Rules
import Testing

@Suite struct PhoneTests {
  @Test(arguments: [
    // Mexico: the 1 of mobile dialling.
    ("5216311234567", "526311234567"), ("526311234567", "526311234567"), ("+52 1 (631) 123-4567", "526311234567"),
    ("00526311234567", "526311234567"), ("52163112345", "52163112345"), ("521631123456789", "521631123456789"),
    // Argentina: the 9 and the domestic 15.
    ("5491122334455", "541122334455"), ("541122334455", "541122334455"), ("54 11 15 2233-4455", "541122334455"),
    ("54 351 15 123-4567", "543511234567"), ("54 2966 15 12-3456", "542966123456"),
    ("549351 1234567", "543511234567"), ("54 9 11 15 2233 4455", "541122334455"), ("54112233", "54112233"),
    // Brazil: the ninth digit of mobiles; landlines never.
    ("551187654321", "5511987654321"), ("5511987654321", "5511987654321"), ("551161234567", "5511961234567"),
    ("551151234567", "551151234567"), ("551121234567", "551121234567"), ("5511", "5511"),
    // Others stay.
    ("16505551234", "16505551234"), ("34600111222", "34600111222"), ("", ""), ("abc", ""),
  ])
  func canonical(_ given: String, _ expected: String) {
    #expect(canonicalPhone(given) == expected)
    #expect(canonicalPhone(expected) == expected, "twice is once")
  }

  @Test func variants() {
    #expect(phoneVariants("5216311234567") == ["526311234567", "5216311234567"])
    #expect(phoneVariants("5491122334455") == ["541122334455", "5491122334455"])
    #expect(phoneVariants("551187654321") == ["5511987654321", "551187654321"])
    #expect(phoneVariants("5511921234567") == ["5511921234567"])
    #expect(phoneVariants("16505551234") == ["16505551234"])
    for number in ["5216311234567", "5491122334455", "551187654321"] {
      #expect(phoneVariants(number).allSatisfy { canonicalPhone($0) == canonicalPhone(number) })
    }
  }
}
