using Tributary.GraphQL.Language;

namespace Tributary.GraphQL.Validation.Rules;

/// <summary>An operation reaches every fragment (spec section 5.5.1.4).</summary>
internal sealed class NoUnusedFragments : ValidationRule
{
    public override void Document(ValidationContext context)
    {
        var used = new HashSet<string>();
        foreach (var operation in context.Operations)
            foreach (var fragment in context.Reachable(operation)) used.Add(fragment.Name);
        foreach (var fragment in context.Document.Definitions.OfType<FragmentDefinition>())
            if (!used.Contains(fragment.Name)) context.Report($"Fragment \"{fragment.Name}\" is never used.", fragment);
    }
}
