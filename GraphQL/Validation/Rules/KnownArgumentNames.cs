using Tributary.GraphQL.Language;
using Tributary.GraphQL.Types;

namespace Tributary.GraphQL.Validation.Rules;

/// <summary>Given arguments exist (spec section 5.4.1).</summary>
internal sealed class KnownArgumentNames : ValidationRule
{
    public override void Arguments(
        ValidationContext context,
        Node owner,
        string ownerName,
        IReadOnlyList<Argument> arguments,
        IReadOnlyList<InputDef>? definitions)
    {
        if (definitions is null) return;
        foreach (var argument in arguments)
        {
            if (definitions.Any(d => d.Name == argument.Name)) continue;
            context.Report(
                $"{ownerName} has no argument "
                + $"\"{argument.Name}\".{Suggestions.For(argument.Name, definitions.Select(d => d.Name))}", argument);
        }
    }
}
