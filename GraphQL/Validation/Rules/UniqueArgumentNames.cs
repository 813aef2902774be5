using Tributary.GraphQL.Language;
using Tributary.GraphQL.Types;

namespace Tributary.GraphQL.Validation.Rules;

/// <summary>An argument is given once (spec section 5.4.2).</summary>
internal sealed class UniqueArgumentNames : ValidationRule
{
    public override void Arguments(
        ValidationContext context,
        Node owner,
        string ownerName,
        IReadOnlyList<Argument> arguments,
        IReadOnlyList<InputDef>? definitions)
    {
        if (arguments.Count < 2) return;
        var known = new Dictionary<string, Argument>();
        foreach (var argument in arguments)
            if (!known.TryAdd(argument.Name, argument))
                context.Report(
                    $"{ownerName} is given the argument \"{argument.Name}\" more than once.",
                    known[argument.Name],
                    argument);
    }
}
