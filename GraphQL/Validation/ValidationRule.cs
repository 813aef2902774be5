using Tributary.GraphQL.Language;
using Tributary.GraphQL.Types;

namespace Tributary.GraphQL.Validation;

/// <summary>
/// One rule of spec section 5, with a new instance per document. One walk over the document calls all rules. Types are
/// null where the document names something unknown; other rules report that.
/// </summary>
internal abstract class ValidationRule
{
    public virtual void Document(ValidationContext context) { }

    public virtual void Operation(ValidationContext context, OperationDefinition operation) { }

    public virtual void Fragment(ValidationContext context, FragmentDefinition fragment) { }

    public virtual void Field(ValidationContext context, Field field, NamedType? parent, FieldDef? definition) { }

    public virtual void FragmentSpread(ValidationContext context, FragmentSpread spread, NamedType? parent) { }

    public virtual void InlineFragment(ValidationContext context, InlineFragment fragment, NamedType? parent) { }

    /// <summary>
    /// All directives at one place; <paramref name="location"/> is one of <see cref="DirectiveLocations"/>.
    /// </summary>
    public virtual void Directives(ValidationContext context, IReadOnlyList<Directive> directives, string location) { }

    /// <summary>
    /// The arguments of a field or directive. <paramref name="definitions"/> is null when
    /// the field or directive is unknown.
    /// </summary>
    public virtual void Arguments(
        ValidationContext context,
        Node owner,
        string ownerName,
        IReadOnlyList<Argument> arguments,
        IReadOnlyList<InputDef>? definitions
    ) { }

    /// <summary>A whole value: an argument's, or a variable's default.</summary>
    public virtual void Value(ValidationContext context, ValueNode value, GraphQLType? type) { }

    /// <summary>Called for every object literal, wherever it stands.</summary>
    public virtual void ObjectLiteral(ValidationContext context, ObjectValue literal) { }
}
