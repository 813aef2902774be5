using Tributary.GraphQL.Language;
using Tributary.GraphQL.Types;

namespace Tributary.GraphQL.Validation.Rules;

/// <summary>Literals fit the types of their places (spec sections 5.6.1 to 5.6.4).</summary>
internal sealed class ValuesOfCorrectType : ValidationRule
{
    public override void Value(ValidationContext context, ValueNode value, GraphQLType? type)
    {
        if (type is { IsInput: true })
            LiteralValidator.Validate(type, value, (node, message) => context.Report(Capital(message), node));
    }

    private static string Capital(string message) => char.ToUpperInvariant(message[0]) + message[1..];
}
