namespace Tributary.GraphQL.Types;

/// <summary>
/// The built-in part of every schema: the directives of spec section 3.13 and the types of section 4.2.
/// </summary>
internal static class BuiltInSdl
{
    public const string DefaultDeprecationReason = "No longer supported";

    public static IReadOnlyList<string> DirectiveNames { get; } =
    ["include", "skip", "deprecated", "specifiedBy", "oneOf"];

    public const string Text = """"
        "Takes the field or fragment only when the condition holds."
        directive @include("Taken when true." if: Boolean!) on FIELD | FRAGMENT_SPREAD | INLINE_FRAGMENT
        "Leaves the field or fragment out when the condition holds."
        directive @skip("Left out when true." if: Boolean!) on FIELD | FRAGMENT_SPREAD | INLINE_FRAGMENT
        "Marks what should not be used any more."
        directive @deprecated("Why, and what to use instead, in Markdown." reason: String = "No longer supported")
          on FIELD_DEFINITION | ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION | ENUM_VALUE
        "Names the document that specifies a scalar."
        directive @specifiedBy("Where the specification is." url: String!) on SCALAR
        "Exactly one field of the input object must be given, and not null."
        directive @oneOf on INPUT_OBJECT

        "What this server can answer: its types, directives and root types."
        type __Schema {
          description: String
          "Every type of the schema."
          types: [__Type!]!
          "The root of queries."
          queryType: __Type!
          "The root of mutations, when there are any."
          mutationType: __Type
          "The root of subscriptions, when there are any."
          subscriptionType: __Type
          "Every directive of the schema."
          directives: [__Directive!]!
        }

        "A type. Its kind tells which fields are not null."
        type __Type {
          kind: __TypeKind!
          name: String
          description: String
          specifiedByURL: String
          fields(includeDeprecated: Boolean! = false): [__Field!]
          interfaces: [__Type!]
          possibleTypes: [__Type!]
          enumValues(includeDeprecated: Boolean! = false): [__EnumValue!]
          inputFields(includeDeprecated: Boolean! = false): [__InputValue!]
          ofType: __Type
          isOneOf: Boolean
        }

        "The kinds of types."
        enum __TypeKind { SCALAR OBJECT INTERFACE UNION ENUM INPUT_OBJECT LIST NON_NULL }

        "A field of an object or interface."
        type __Field {
          name: String!
          description: String
          args(includeDeprecated: Boolean! = false): [__InputValue!]!
          type: __Type!
          isDeprecated: Boolean!
          deprecationReason: String
        }

        "An argument, or a field of an input object."
        type __InputValue {
          name: String!
          description: String
          type: __Type!
          "In GraphQL syntax, not JSON."
          defaultValue: String
          isDeprecated: Boolean!
          deprecationReason: String
        }

        "A value of an enum."
        type __EnumValue {
          name: String!
          description: String
          isDeprecated: Boolean!
          deprecationReason: String
        }

        "A directive."
        type __Directive {
          name: String!
          description: String
          isRepeatable: Boolean!
          locations: [__DirectiveLocation!]!
          args(includeDeprecated: Boolean! = false): [__InputValue!]!
        }

        "The places where a directive may stand."
        enum __DirectiveLocation {
          QUERY MUTATION SUBSCRIPTION FIELD FRAGMENT_DEFINITION FRAGMENT_SPREAD INLINE_FRAGMENT VARIABLE_DEFINITION
          SCHEMA SCALAR OBJECT FIELD_DEFINITION ARGUMENT_DEFINITION INTERFACE UNION ENUM ENUM_VALUE
          INPUT_OBJECT INPUT_FIELD_DEFINITION
        }
        """";
}
