import Rules
import Testing

/// What a file is served as, and what that says of it.
@Suite struct MediaTypeTests {
  @Test func onlyWhatIsKnownIsRemembered() {
    #expect(MediaRules.known("image/jpeg") == "image/jpeg")
    #expect(MediaRules.known(" Image/PNG ; q=1") == "image/png")
    #expect(MediaRules.known("video/ogg") == "video/ogg")
    for type in ["", ";", "text/html", "application/octet-stream", "image/jpeg2", "jpeg"] {
      #expect(MediaRules.known(type) == nil, "\(type)")
    }
  }

  @Test func aPageIsNoPicture() {
    for type in ["text/html", "TEXT/plain; x", "application/json", "application/problem+json", "application/atom+xml"] {
      for kind in ["image", "video", "audio", "sticker", "story"] {
        #expect(MediaRules.isPage(type, insteadOf: kind), "\(type) \(kind)")
      }
      #expect(!MediaRules.isPage(type, insteadOf: "document"), "\(type)")
    }
    for type in [
      "", "image/svg+xml", "video/mp4", "application/octet-stream", "binary/octet-stream", "application/pdf",
    ] {
      #expect(!MediaRules.isPage(type, insteadOf: "image"), "\(type)")
    }
  }
}
