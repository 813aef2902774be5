using Tributary.GraphQL.Types;

namespace Tributary.GraphQL.Tests.Differential;

/// <summary>A schema with everything that documents can trip over.</summary>
internal static class GeneratedSchema
{
    public const string Sdl = """
        directive @tag(name: String!, weight: Int = 1) repeatable on FIELD | FRAGMENT_SPREAD | INLINE_FRAGMENT | QUERY
          | VARIABLE_DEFINITION | FRAGMENT_DEFINITION
        directive @once(on: Color) on FIELD | MUTATION | SUBSCRIPTION

        scalar Any
        scalar When @specifiedBy(url: "https://example.org/when")

        enum Color { RED GREEN BLUE @deprecated }

        input Point { x: Int! = 1, y: Int!, label: String, inner: Point, tags: [String!] = ["a"] }
        input Choice @oneOf { id: ID, name: String, point: Point, many: [Int!] }
        input Filter { and: [Filter!], color: Color = RED, colors: [Color!], min: Float, choice: Choice,
          point: Point! = { y: 2 }, any: Any, on: Boolean }

        interface Node { id: ID! }
        interface Named implements Node { id: ID!, name(upper: Boolean = false): String }

        type User implements Named & Node {
          id: ID!
          name(upper: Boolean = false): String
          age: Int
          friends(first: Int = 10, after: ID, filter: Filter): [User!]!
          pet: Pet
          color: Color!
          value(at: Point!): Float
          matrix(rows: [[Int!]]): [[Int]]
        }

        type Dog implements Named & Node { id: ID!, name(upper: Boolean = false): String, barks: Boolean!,
          owner: User, value: Int, color: String }
        type Cat implements Node { id: ID!, lives: Int!, owner: User!, value: Float, color: Color, name: String! }
        union Pet = Dog | Cat
        union Any2 = User | Dog

        type Query {
          user(id: ID!): User
          users(filter: Filter, colors: [Color!] = [RED], limit: Int! = 5): [User!]
          node(choice: Choice): Node
          named(names: [String]): [Named]
          pet(any: Any, when: When, flag: Boolean!): Pet
          any(point: Point, ratio: Float): [Any2!]!
          count(a: Int, b: Float, c: String, d: Boolean, e: ID, f: Color): Int!
          self: Query!
        }

        type Mutation { add(point: Point!, color: Color!): User, rename(id: ID!, name: String = "x"): Named! }
        type Subscription { userChanged(id: ID): User, ticks(every: Int! = 1, any: Any): Int! }
        """;

    public static Schema Schema { get; } = SchemaBuilder.Build(Sdl);
}
