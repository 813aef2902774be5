using Tributary.GraphQL.Language;
using Tributary.GraphQL.Types;

namespace Tributary.GraphQL.Validation.Rules;

/// <summary>Required arguments are given (spec section 5.4.3). Null for one is an error of the value.</summary>
internal sealed class ProvidedRequiredArguments : ValidationRule
{
    public override void Arguments(
        ValidationContext context,
        Node owner,
        string ownerName,
        IReadOnlyList<Argument> arguments,
        IReadOnlyList<InputDef>? definitions)
    {
        if (definitions is null) return;
        foreach (var required in definitions)
        {
            if (required.IsRequired && !arguments.Any(a => a.Name == required.Name))
                context.Report($"{ownerName} needs the argument \"{required.Name}\" of type {required.Type}.", owner);
        }
    }
}
