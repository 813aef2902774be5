using Tributary.GraphQL.Language;

namespace Tributary.GraphQL.Validation.Rules;

/// <summary>Names of fragments are unique (spec section 5.5.1.1).</summary>
internal sealed class UniqueFragmentNames : ValidationRule
{
    public override void Fragment(ValidationContext context, FragmentDefinition fragment)
    {
        var first = context.Fragments[fragment.Name];
        if (!ReferenceEquals(first, fragment))
            context.Report($"There is more than one fragment named \"{fragment.Name}\".", first, fragment);
    }
}
