import Core
import Rules
import Testing

@Suite struct SpokenTests {
  @Test func markdownAsTheChannelShowsIt() {
    #expect(
      ChannelLimits.of(.whatsapp).spoken(markdown: "## Precios\n**Limpieza**: $800") == ["*Precios*\n*Limpieza*: $800"])
    #expect(ChannelLimits.of(.instagram).spoken(markdown: "**Limpieza**: $800") == ["Limpieza: $800"])
    #expect(ChannelLimits.of(.whatsapp).spoken(markdown: " \n ").isEmpty)
    #expect(ChannelLimits.of(.facebook).spoken(markdown: "****").isEmpty)
  }

  @Test(arguments: ChannelName.allCases) func atMostAFewMessagesAndWholeSentences(_ channel: ChannelName) {
    let limits = ChannelLimits.of(channel)
    let parts = limits.spoken(markdown: String(repeating: "Señora, ésta es una de muchas frases. ", count: 600))
    #expect((1...4).contains(parts.count))
    #expect(parts.allSatisfy { limits.length($0) <= limits.textMax })
    #expect(parts.dropLast().allSatisfy { $0.hasSuffix("frases.") })
    // Where one message is all there is, a sign says that there is more.
    #expect(parts.last?.hasSuffix(limits.inOneMessage ? "frases. …" : "frases.") == true)
    // Without any sentence it is cut all the same.
    #expect(limits.spoken(markdown: String(repeating: "a", count: 20_000)).count <= 4)
  }

  @Test(arguments: [
    ("Uno. Dos. Tre", "Uno. Dos."), ("Uno. Dos.", "Uno. Dos."), ("Uno\nDos\nTr", "Uno\nDos"),
    ("Sí. Pero de lo demás no sé nada todavía y", "Sí. Pero de lo demás no sé nada todavía y"),
    ("Cuesta $1.5 mil y dur", "Cuesta $1.5 mil y dur"), ("", ""), ("¿Le parece? Cla", "¿Le parece?"),
  ])
  func untilTheEndOfASentence(_ text: String, _ end: String) {
    #expect(untilSentenceEnd(text) == end)
  }
}
