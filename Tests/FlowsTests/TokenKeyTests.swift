import Core
import Crypto
import FoundationEssentials
import Store
import TestSupport
import Testing

@testable import Flows

/// The project's public keys: wanted when a token names one that is not known, fetched by a job.
@Suite struct TokenKeyTests {
  private static let project = "https://project.example"

  private func door(_ shop: Shop) throws -> APIDoor {
    var environment = World.current.environment(of: "api")
    environment["DATABASE_URL"] = shop.database.dsn(user: "tistis_api")
    environment["SUPABASE_URL"] = Self.project
    return APIDoor(App("api", settings: try Settings(App.common + APIDoor.needs, from: environment)))
  }

  private func ask(_ door: APIDoor, _ token: String) -> (Int, Field) {
    let response = door.answer(Request("GET", "/api/leads", headers: ["authorization": "Bearer " + token]))
    return (response.status, Field((try? JSON.parse(response.body)) ?? .null))
  }

  @Test func anUnknownKeyIsFetchedOnce() async throws {
    try await Shop.test { shop in
      let (user, key) = (UUID(), P256.Signing.PrivateKey())
      try shop.database.run(
        "insert into user_roles (tenant_id, user_id, role) values ('\(shop.tenant.id.text)', '\(user.text)', 'staff')")
      let claims: JSON = [
        "sub": .string(user.text), "aud": "authenticated", "exp": .number(Instant.now.seconds + 60),
        "iss": .string(Self.project + "/auth/v1"),
      ]
      let signed = base64URL((["alg": "ES256", "kid": "new"] as JSON).bytes) + "." + base64URL(claims.bytes)
      let token = signed + "." + base64URL(Array(try key.signature(for: Array(signed.utf8)).rawRepresentation))
      let (one, two) = (try door(shop), try door(shop))
      for door in [one, two, one] {
        let (status, body) = ask(door, token)
        #expect(status == 401 && body["code"].text == "UNKNOWN_TOKEN_KEY")
      }
      #expect(try shop.database.count("select count(*) from jobs where job_type = 'fetch_jwks'") == 1)
      // Another half a minute later, when the first has come to nothing.
      try shop.database.run(
        "update jobs set status = 'cancelled', completed_at = now(); update token_key_asks set asked_at = now() - interval '31 s'"
      )
      _ = ask(one, token)
      #expect(try shop.database.count("select count(*) from jobs where job_type = 'fetch_jwks'") == 2)
      let raw = Array(key.publicKey.rawRepresentation)
      let jwk: JSON = [
        "kty": "EC", "crv": "P-256", "kid": "new", "x": .string(base64URL(Array(raw[..<32]))),
        "y": .string(base64URL(Array(raw[32...]))),
      ]
      let jobs = shop.database.connection(user: "tistis_jobs")
      try jobs.everyone.keepTokenKeys(keys: JSONText([jwk]))
      #expect(ask(one, token).0 == 200)
      // What the project no longer offers is no longer believed.
      try jobs.everyone.keepTokenKeys(keys: JSONText([["kid": "other", "kty": "EC"]]))
      #expect(ask(one, token).0 == 401)
    }
  }

  /// A known key is fetched again once it is a day old, so that one that was withdrawn is believed no more; one that
  /// nobody could fetch for a week is not believed.
  @Test func aKnownKeyAges() async throws {
    try await Shop.test { shop in
      let (user, key) = (UUID(), P256.Signing.PrivateKey())
      try shop.database.run(
        "insert into user_roles (tenant_id, user_id, role) values ('\(shop.tenant.id.text)', '\(user.text)', 'staff')")
      let claims: JSON = [
        "sub": .string(user.text), "aud": "authenticated", "exp": .number(Instant.now.seconds + 600),
        "iss": .string(Self.project + "/auth/v1"),
      ]
      let signed = base64URL((["alg": "ES256", "kid": "old"] as JSON).bytes) + "." + base64URL(claims.bytes)
      let token = signed + "." + base64URL(Array(try key.signature(for: Array(signed.utf8)).rawRepresentation))
      let raw = Array(key.publicKey.rawRepresentation)
      let jwk: JSON = [
        "kty": "EC", "crv": "P-256", "kid": "old", "x": .string(base64URL(Array(raw[..<32]))),
        "y": .string(base64URL(Array(raw[32...]))),
      ]
      let jobs = shop.database.connection(user: "tistis_jobs")
      try jobs.everyone.keepTokenKeys(keys: JSONText([jwk]))
      let door = try door(shop)
      func wanted() throws -> Int { try shop.database.count("select count(*) from jobs where job_type = 'fetch_jwks'") }
      #expect(ask(door, token).0 == 200)
      #expect(try wanted() == 0)
      try shop.database.run("update token_keys set fetched_at = now() - interval '25 hours'")
      for _ in 0..<3 { #expect(ask(door, token).0 == 200) }
      #expect(try wanted() == 1)
      try shop.database.run("update token_keys set fetched_at = now() - interval '8 days'")
      #expect(ask(door, token).1["code"].text == "UNKNOWN_TOKEN_KEY")
      // The project has withdrawn it.
      try jobs.everyone.keepTokenKeys(keys: JSONText([["kid": "other", "kty": "EC"]]))
      #expect(ask(door, token).0 == 401)
    }
  }

  /// Asked for over HTTP, below the project's address; what cannot be used is left out.
  @Test func theyAreFetched() async throws {
    try await Shop.test { shop in
      let key = P256.Signing.PrivateKey()
      let raw = Array(key.publicKey.rawRepresentation)
      let keys: JSON = [
        "keys": [
          [
            "kty": "EC", "crv": "P-256", "kid": "one", "x": .string(base64URL(Array(raw[..<32]))),
            "y": .string(base64URL(Array(raw[32...]))),
          ],
          ["kty": "oct", "kid": "secret", "k": "AAAA"], ["kty": "EC", "crv": "P-256", "kid": "half"],
        ]
      ]
      let server = LoopbackServer { request in
        request.target == "/auth/v1/.well-known/jwks.json"
          ? .send(ok(keys.text)) : .send(ok("", status: "404 Not Found"))
      }
      defer { server.stop() }
      #expect(try shop.database.connection(user: "tistis_api").everyone.wantTokenKeys())
      try await shop.work(["SUPABASE_URL": server.url("")])
      #expect(server.received.map(\.method) == ["GET"])
      #expect(try shop.database.scalar("select status from jobs where job_type = 'fetch_jwks'") == "completed")
      #expect(try shop.database.scalar("select string_agg(kid, ',') from token_keys") == "one")
    }
  }

  /// The stand-in has no such keys: the job is tried again and leaves what is known alone.
  @Test func withoutAnAnswerTheKeysStay() async throws {
    try await Shop.test { shop in
      let jobs = shop.database.connection(user: "tistis_jobs")
      try jobs.everyone.keepTokenKeys(keys: JSONText([["kid": "kept", "kty": "EC"]]))
      #expect(try shop.database.connection(user: "tistis_api").everyone.wantTokenKeys())
      try await shop.work(["SUPABASE_URL": World.current.sandbox])
      #expect(try shop.database.scalar("select status from jobs where job_type = 'fetch_jwks'") == "pending")
      #expect(try shop.database.scalar("select string_agg(kid, ',') from token_keys") == "kept")
      try shop.hurry()
      try await shop.work(["SUPABASE_URL": ""])
      #expect(try shop.database.scalar("select status from jobs where job_type = 'fetch_jwks'") == "dead")
    }
  }
}
