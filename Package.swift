// swift-tools-version: 6.2
import PackageDescription

/// One word a program: the path below /api with `/` written `-`. Its folder is Sources/Endpoints/<word>.
let endpoints = [
  "webhook-whatsapp", "webhook-instagram", "webhook-facebook", "webhook-tiktok", "webhook", "api", "jobs-process",
  "health",
]

/// What people and cron run. Its folder is Sources/Tools/<word>.
let tools = ["jobs", "migrate", "tistis"]

let swift: [SwiftSetting] = [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

func room(_ name: String, _ uses: [Target.Dependency]) -> Target {
  .target(name: name, dependencies: uses, swiftSettings: swift)
}

func program(_ name: String, in folder: String, _ uses: [Target.Dependency]) -> Target {
  .executableTarget(name: name, dependencies: uses, path: "Sources/\(folder)/\(name)", swiftSettings: swift)
}

/// Test targets with payloads and expectations as files, read from the source tree.
let withFixtures = ["RulesTests", "PeersTests", "FlowsTests", "ProjectTests", "EndToEnd"]

func tests(_ name: String, _ uses: [Target.Dependency]) -> Target {
  .testTarget(
    name: name, dependencies: uses, exclude: withFixtures.contains(name) ? ["Fixtures"] : [], swiftSettings: swift)
}

func library(_ name: String, _ package: String) -> Target {
  .systemLibrary(
    name: name, path: "Sources/C/\(name.dropFirst())",
    providers: [.apt([package])])
}

let package = Package(
  name: "tistis",
  dependencies: [
    // Exactly this one: 3.x pulls in full Foundation and ICU.
    .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    // Only the sandbox and the tests; never part of a release.
    .package(url: "https://github.com/swhitty/FlyingFox", exact: "0.27.1"),
  ],
  targets: [
    library("CFastCGI", "libfcgi-dev"), library("CPQ", "libpq-dev"),
    library("CCurl", "libcurl4-openssl-dev"), library("CYAJL", "libyajl-dev"),

    room("Core", ["CFastCGI", "CCurl", "CYAJL", crypto]),
    room("Rules", ["Core"]),
    room("Store", ["Core", "CPQ"]),
    room("Peers", ["Core", "Rules"]),
    room("Flows", ["Core", "Rules", "Store", "Peers", crypto, cryptoExtras]),

    program("sqlgen", in: "Tools", ["CPQ", arguments]),
    program(
      "sandbox", in: "Tools", ["Core", arguments, .product(name: "FlyingFox", package: "FlyingFox")]),

    // What the tests share: the world that bin/test started, databases of their own, tenants, the sandbox.
    .target(
      name: "TestSupport", dependencies: ["Core", "Store", "Peers", "Flows"], path: "Tests/Support",
      swiftSettings: swift),
    program("storm", in: "Tools", ["Core", "Store", "Flows", "TestSupport", arguments]),
    program("customers", in: "Tools", ["Core", "TestSupport", arguments]),
    tests("CoreTests", ["Core", "TestSupport"]),
    tests("RulesTests", ["Core", "Rules"]),
    tests("StoreTests", ["Core", "Store"]),
    tests("PeersTests", ["Core", "Rules", "Peers"]),
    tests("FlowsTests", ["Core", "Rules", "Store", "Peers", "Flows", "TestSupport", crypto, cryptoExtras]),
    tests("ProjectTests", ["Core", "Rules", "Store", "Peers", "Flows", "TestSupport"]),
    tests("EndToEnd", ["Core", "Store", "Peers", "Flows", "TestSupport"]),
  ]
    + endpoints.map { program($0, in: "Endpoints", ["Core", "Peers", "Flows"]) }
    + tools.map { program($0, in: "Tools", ["Core", "Rules", "Store", "Peers", "Flows", arguments]) },
)
