using Tributary.GraphQL.Language;
using Tributary.GraphQL.Types;

namespace Tributary.GraphQL.Validation.Rules;

/// <summary>Fragments are on objects, interfaces and unions (spec section 5.5.1.3).</summary>
internal sealed class FragmentsOnCompositeTypes : ValidationRule
{
    public override void Fragment(ValidationContext context, FragmentDefinition fragment) =>
        Check(context, $"Fragment \"{fragment.Name}\"", fragment.TypeCondition);

    public override void InlineFragment(ValidationContext context, InlineFragment fragment, NamedType? parent)
    {
        if (fragment.TypeCondition is not null) Check(context, "An inline fragment", fragment.TypeCondition);
    }

    private static void Check(ValidationContext context, string what, NamedTypeNode condition)
    {
        if (context.Schema.Type(condition.Name) is { IsComposite: false } type)
            context.Report($"{what} cannot be on {type.Name}, which has no fields.", condition);
    }
}
