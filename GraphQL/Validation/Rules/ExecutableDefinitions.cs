using Tributary.GraphQL.Language;

namespace Tributary.GraphQL.Validation.Rules;

/// <summary>A request contains only operations and fragments (spec section 5.1.1).</summary>
internal sealed class ExecutableDefinitions : ValidationRule
{
    public override void Document(ValidationContext context)
    {
        foreach (var definition in context.Document.Definitions.OfType<TypeSystemDefinition>())
            context.Report("A request holds operations and fragments only, not definitions of types.", definition);
    }
}
