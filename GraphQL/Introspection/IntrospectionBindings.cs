using Tributary.GraphQL.Binding;
using Tributary.GraphQL.Execution;
using Tributary.GraphQL.Language;
using Tributary.GraphQL.Types;

namespace Tributary.GraphQL.Introspection;

/// <summary>The resolvers of introspection (spec section 4.2).</summary>
internal static class IntrospectionBindings
{
    /// <summary>Adds the bindings once: one set of bindings may serve several engines.</summary>
    public static void AddTo(SchemaBindings bindings)
    {
        if (bindings.Objects.ContainsKey("__Schema")) return;
        bindings.Object<Schema>("__Schema")
            .Field("types", s => s.Types.Values)
            .Field("queryType", s => s.Query)
            .Field("mutationType", s => s.Mutation)
            .Field("subscriptionType", s => s.Subscription)
            .Field("directives", s => s.Directives.Values);
        bindings.Object<GraphQLType>("__Type")
            .Field("kind", Kind)
            .Field("name", t => (t as NamedType)?.Name)
            .Field("description", t => (t as NamedType)?.Description)
            .Field("specifiedByURL", t => (t as ScalarType)?.SpecifiedByUrl)
            .Field("fields", (t, c) => t is FieldsType f ? f.Fields.Where(x => Shown(c, x.DeprecationReason)) : null)
            .Field("interfaces", t => t is FieldsType f ? f.Interfaces : null)
            .Field("possibleTypes", (t, c) => t is NamedType { IsAbstract: true } n ? c.Schema.PossibleTypes(n) : null)
            .Field("enumValues", (t, c) => t is EnumType e ? e.Values.Where(x => Shown(c, x.DeprecationReason)) : null)
            .Field("inputFields", (t, c) =>
                t is InputObjectType i ? i.Fields.Where(x => Shown(c, x.DeprecationReason)) : null)
            .Field("ofType", t => t is ListType l ? l.Of : (t as NonNullType)?.Of)
            .Field("isOneOf", t => t is InputObjectType i ? i.IsOneOf : (object?)null);
        bindings.Object<FieldDef>("__Field")
            .Field("args", (f, c) => f.Arguments.Where(a => Shown(c, a.DeprecationReason)))
            .Field("isDeprecated", f => f.DeprecationReason is not null);
        bindings.Object<InputDef>("__InputValue")
            .Field("defaultValue", i => i.DefaultValue is null ? null : Printer.Print(i.DefaultValue))
            .Field("isDeprecated", i => i.DeprecationReason is not null);
        bindings.Object<EnumValueDef>("__EnumValue")
            .Field("isDeprecated", v => v.DeprecationReason is not null);
        bindings.Object<DirectiveDef>("__Directive")
            .Field("args", (d, c) => d.Arguments.Where(a => Shown(c, a.DeprecationReason)));
    }

    private static bool Shown(ResolveContext context, string? deprecation) =>
        deprecation is null || context.Arguments.Get<bool>("includeDeprecated");

    private static string Kind(GraphQLType type) => type switch
    {
        ScalarType => "SCALAR",
        ObjectType => "OBJECT",
        InterfaceType => "INTERFACE",
        UnionType => "UNION",
        EnumType => "ENUM",
        InputObjectType => "INPUT_OBJECT",
        ListType => "LIST",
        _ => "NON_NULL",
    };
}
