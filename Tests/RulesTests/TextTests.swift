import Rules
import Testing

@Suite struct TextTests {
  @Test(arguments: [
    ("", 10, []), (" \n ", 10, []), ("hola", 10, ["hola"]), ("  hola  ", 10, ["hola"]),
    ("uno dos tres", 8, ["uno dos", "tres"]),
    ("Primera. Segunda frase.", 12, ["Primera.", "Segunda", "frase."]),
    ("Un párrafo\n\notro más largo", 20, ["Un párrafo", "otro más largo"]),
    ("línea uno\nlínea dos\nlínea tres", 22, ["línea uno\nlínea dos", "línea tres"]),
    ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
    ("🦷🦷🦷", 5, ["🦷🦷", "🦷"]),
    ("👨‍👩‍👧‍👦👨‍👩‍👧‍👦", 12, ["👨‍👩‍👧‍👦", "👨‍👩‍👧‍👦"]),
  ])
  func splits(_ text: String, _ max: Int, _ expected: [String]) {
    #expect(split(text, max: max) == expected)
  }

  @Test func nothingIsLostAndNothingIsTooLong() {
    let word = "¿Cuánto cuesta? 🦷 Sí.\nOtra línea con palabras\n\n"
    let marks = "e" + String(repeating: "\u{301}", count: 50)
    for text in [String(repeating: word, count: 40), String(repeating: "x", count: 999), marks, marks + word + marks] {
      for max in [4, 5, 17, 64, 1000] {
        let pieces = split(text, max: max)
        #expect(pieces.allSatisfy { textLength($0) <= max && !$0.isEmpty })
        let solid: (String) -> String = { String($0.unicodeScalars.filter { !$0.properties.isWhitespace }) }
        #expect(solid(pieces.joined()) == solid(text))
      }
    }
  }

  @Test func bytesCountAsBytes() {
    let limits = ChannelLimits.of(.instagram)
    let pieces = split(String(repeating: "áé ", count: 600), max: limits.textMax) { limits.length(String($0)) }
    #expect(pieces.count > 1)
    #expect(pieces.allSatisfy { limits.length($0) <= 1000 })
  }

  @Test func clips() {
    #expect(clipped("hola", 10) == "hola")
    #expect(clipped("hola", 2) == "ho")
    #expect(clipped("a👨‍👩‍👧", 3) == "a")
    #expect(clipped("👨‍👩‍👧", 2).unicodeScalars.count == 2)
  }

  @Test(arguments: [
    ("hola", "hola"),
    ("**Precio:** $800", "*Precio:* $800"),
    ("__Precio__", "*Precio*"),
    ("***mucho***", "*_mucho_*"),
    ("~~ya no~~", "~ya no~"),
    ("*así ya* y _así_", "*así ya* y _así_"),
    ("# Título", "*Título*"),
    ("### **Servicios** de hoy", "*Servicios de hoy*"),
    ("#hashtag y #1", "#hashtag y #1"),
    ("* uno\n+ dos\n- tres\n1. cuatro", "- uno\n- dos\n- tres\n1. cuatro"),
    ("  * dentro", "  - dentro"),
    ("[el menú](https://example.com/a_b_c)", "el menú (https://example.com/a_b_c)"),
    ("[https://example.com](https://example.com)", "https://example.com"),
    ("![foto](https://example.com/f.png \"Foto\")", "foto (https://example.com/f.png)"),
    ("<https://example.com/x__y__z>", "https://example.com/x__y__z"),
    ("ver https://example.com/__a__ ya", "ver https://example.com/__a__ ya"),
    ("**https://example.com**", "*https://example.com*"),
    ("`**no**`", "`**no**`"),
    ("```swift\n**no**\n# no\n```\n**sí**", "```\n**no**\n# no\n```\n*sí*"),
    ("```\nsin cerrar", "```\nsin cerrar\n```"),
    ("uno\n\n\n\ndos\n---\n", "uno\n\ndos"),
    ("2 ** 3 y ** nada **", "2 ** 3 y ** nada **"),
    ("precio \\*sujeto a cambio\\*", "precio *sujeto a cambio*"),
    ("uno<br>dos", "uno\ndos"),
    ("> cita **aquí**", "> cita *aquí*"),
    (
      "| Servicio | Precio |\n|---|---:|\n| **Limpieza** | $800 |\n| Corona | |\nfin",
      "- *Limpieza*: $800\n- Corona\nfin"
    ),
    (
      "|Servicio|Precio|Duración|\n|:-|:-:|-|\n|Limpieza|$800|45 min|",
      "- Limpieza: Precio $800 · Duración 45 min"
    ),
    ("|no es tabla|", "|no es tabla|"),
    ("5 < 6 [x] (y)", "5 < 6 [x] (y)"),
  ])
  func markdown(_ given: String, _ expected: String) {
    #expect(shownText(markdown: given, marks: .whatsapp) == expected)
    if !given.contains("`") { #expect(shownText(markdown: expected, marks: .whatsapp) == expected, "twice is once") }
  }

  @Test func marksThatNeverCloseCostNoSquare() {
    let hostile = String(repeating: "**a __b ", count: 2000)
    let clock = ContinuousClock()
    #expect(clock.measure { _ = shownText(markdown: hostile, marks: .whatsapp) } < .seconds(5))
  }

  /// Nothing of this is a link: what never closes, and what is longer than anybody writes.
  @Test(arguments: [
    String(repeating: "[", count: 40_000), String(repeating: "]", count: 40_000),
    String(repeating: "[]", count: 20_000), String(repeating: "![", count: 20_000),
    String(repeating: "<http", count: 8_000), "[" + String(repeating: "a", count: 2001) + "](x)",
    "[a](" + String(repeating: "b", count: 2001) + ")", "<http" + String(repeating: "c", count: 2001) + ">",
  ])
  func whatIsNoLinkStaysText(_ given: String) {
    #expect(shownText(markdown: given, marks: .whatsapp) == given)
    #expect(ChannelLimits.of(.facebook).shown(markdown: given) == given)
  }

  @Test func aLongLinkIsOne() {
    let (label, address) = (
      String(repeating: "a", count: 1900), "https://ejemplo.mx/" + String(repeating: "b", count: 1900)
    )
    #expect(shownText(markdown: "[\(label)](\(address))", marks: .whatsapp) == "\(label) (\(address))")
  }

  /// Where no marks are shown, those of both languages are left out, and what only looks like one stays.
  @Test(arguments: [
    ("hola", "hola"), ("**Precio:** $800", "Precio: $800"), ("*Precio:* $800", "Precio: $800"),
    ("_hoy_ no, ~mañana~ sí", "hoy no, mañana sí"), ("***mucho*** y ~~nada~~", "mucho y nada"),
    ("# Título\n\ntexto", "Título\n\ntexto"), ("* uno\n* dos", "- uno\n- dos"),
    ("2*3*4 y snake_case_name", "2*3*4 y snake_case_name"), ("5 * 4 * 3", "5 * 4 * 3"), ("*sin cerrar", "*sin cerrar"),
    ("https://ejemplo.mx/a_b_c", "https://ejemplo.mx/a_b_c"),
    ("[el menú](https://ejemplo.mx/_m_)", "el menú (https://ejemplo.mx/_m_)"),
    ("use `npm i`\n```sh\nls *.txt\n```\nfin", "use npm i\nls *.txt\nfin"), ("```una línea```", "una línea"),
    ("|a|b|\n|-|-|\n|**uno**|2|", "- uno: 2"), ("(*nota*)", "(nota)"),
  ])
  func withoutMarks(_ markdown: String, _ expected: String) {
    #expect(ChannelLimits.of(.facebook).shown(markdown: markdown) == expected)
    #expect(ChannelLimits.of(.whatsapp).shown(markdown: markdown) == shownText(markdown: markdown, marks: .whatsapp))
  }
}
