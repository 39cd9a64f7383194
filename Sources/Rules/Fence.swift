/// Text of others for the inside of a fence of the prompt: on one line, without what could look like the fence's end or like
/// somebody else's words, and without what nobody sees. Scalar by scalar, since a combining mark makes another character of `<`.
func fenced(_ text: String, _ most: Int) -> String {
  var line = String.UnicodeScalarView()
  var length = 0
  var isApart = false
  for scalar in text.unicodeScalars {
    // One more than fits, so that it is cut where a character ends.
    guard length <= most else { break }
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator, .spaceSeparator: isApart = true
    case .format where !joiners.contains(scalar): continue
    case _ where marks.contains(scalar): continue
    default:
      if isApart, length > 0 {
        line.append(" ")
        length += 1
      }
      isApart = false
      line.append(scalar)
      length += 1
    }
  }
  return clipped(String(line), most)
}

private let marks = Set("\"“”«»<>‹›＜＞{}[]".unicodeScalars)
/// Of emoji and of scripts that need them.
private let joiners: Set<Unicode.Scalar> = ["\u{200C}", "\u{200D}"]
