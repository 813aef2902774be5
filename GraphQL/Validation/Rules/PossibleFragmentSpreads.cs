using Tributary.GraphQL.Language;
using Tributary.GraphQL.Types;

namespace Tributary.GraphQL.Validation.Rules;

/// <summary>A fragment can apply at its spread: some object has both types (spec section 5.5.2.3).</summary>
internal sealed class PossibleFragmentSpreads : ValidationRule
{
    public override void FragmentSpread(ValidationContext context, FragmentSpread spread, NamedType? parent)
    {
        if (context.Fragments.TryGetValue(spread.Name, out var fragment))
            Check(
                context, spread, $"Fragment \"{spread.Name}\"", parent,
                context.Schema.Type(fragment.TypeCondition.Name));
    }

    public override void InlineFragment(ValidationContext context, InlineFragment fragment, NamedType? parent)
    {
        if (fragment.TypeCondition is not null)
            Check(context, fragment, "The fragment", parent, context.Schema.Type(fragment.TypeCondition.Name));
    }

    private static void Check(ValidationContext context, Node node, string what, NamedType? parent, NamedType? type)
    {
        if (parent is { IsComposite: true } && type is { IsComposite: true } && !context.Schema.Overlap(parent, type))
            context.Report($"{what} on {type.Name} can never apply to {parent.Name}.", node);
    }
}
