// swift-tools-version: 6.2
import PackageDescription

/// The rooms that meet outside data, built once more with coverage and address checks, and nothing else: the root's
/// package cannot build one target in two ways. Sources/… are links into the root's.
let watched: [SwiftSetting] = [
  .swiftLanguageMode(.v6), .treatAllWarnings(as: .error),
  .unsafeFlags(["-O", "-sanitize=fuzzer,address", "-gline-tables-only"]),
]

func library(_ name: String) -> Target {
  .systemLibrary(name: name, path: "Sources/C/\(name.dropFirst())")
}

let package = Package(
  name: "tistis-fuzz",
  dependencies: [.package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2")],
  targets: [
    library("CFastCGI"), library("CCurl"), library("CYAJL"),
    .target(
      name: "Core", dependencies: ["CFastCGI", "CCurl", "CYAJL", .product(name: "Crypto", package: "swift-crypto")],
      swiftSettings: watched),
    .target(name: "Rules", dependencies: ["Core"], swiftSettings: watched),
    .target(name: "Peers", dependencies: ["Core", "Rules"], swiftSettings: watched),
    .executableTarget(
      name: "fuzz", dependencies: ["Core", "Rules", "Peers"], path: "Sources/Fuzz",
      swiftSettings: watched + [.unsafeFlags(["-parse-as-library"])],
      linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address", "-use-ld=lld"])]),
  ]
)
