using Tributary.GraphQL.Language;
using Tributary.GraphQL.Types;

namespace Tributary.GraphQL.Validation.Rules;

/// <summary>Spread fragments exist (spec section 5.5.2.1).</summary>
internal sealed class KnownFragmentNames : ValidationRule
{
    public override void FragmentSpread(ValidationContext context, FragmentSpread spread, NamedType? parent)
    {
        if (!context.Fragments.ContainsKey(spread.Name)) context.Report($"Unknown fragment \"{spread.Name}\".", spread);
    }
}
