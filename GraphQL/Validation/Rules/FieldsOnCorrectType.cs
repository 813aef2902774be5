using Tributary.GraphQL.Language;
using Tributary.GraphQL.Types;

namespace Tributary.GraphQL.Validation.Rules;

/// <summary>Selected fields exist (spec section 5.3.1).</summary>
internal sealed class FieldsOnCorrectType : ValidationRule
{
    public override void Field(ValidationContext context, Field field, NamedType? parent, FieldDef? definition)
    {
        if (parent is null || definition is not null)
            return;
        context.Report(
            $"Type {parent.Name} has no field \"{field.Name}\".{Hint(context.Schema, parent, field.Name)}", field);
    }

    /// <summary>A member of the abstract type that has the field, or a field with a similar name.</summary>
    private static string Hint(Schema schema, NamedType parent, string name)
    {
        if (parent.IsAbstract)
        {
            var holders = schema
                .PossibleTypes(parent)
                .Where(t => t.Field(name) is not null)
                .Take(3)
                .Select(t => t.Name)
                .ToList();
            if (holders.Count > 0)
                return $" Did you mean a fragment on {string.Join(" or ", holders)}?";
        }
        return parent is FieldsType type ? Suggestions.For(name, type.Fields.Select(f => f.Name)) : "";
    }
}
