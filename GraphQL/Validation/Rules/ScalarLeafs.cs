using Tributary.GraphQL.Language;
using Tributary.GraphQL.Types;

namespace Tributary.GraphQL.Validation.Rules;

/// <summary>Fields of scalars and enums have no selection; all other fields have one (spec section 5.3.3).</summary>
internal sealed class ScalarLeafs : ValidationRule
{
    public override void Field(ValidationContext context, Field field, NamedType? parent, FieldDef? definition)
    {
        if (definition is null) return;
        if (definition.Type.Named.IsLeaf && field.SelectionSet is not null)
            context.Report(
                $"Field \"{field.Name}\" of type {definition.Type} has no fields to select.", field.SelectionSet);
        else if (!definition.Type.Named.IsLeaf && field.SelectionSet is null)
            context.Report(
                $"Field \"{field.Name}\" of type {definition.Type} needs a selection of fields: \"{field.Name} {{ ... "
                + "}\".", field);
    }
}
