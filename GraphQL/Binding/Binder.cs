using System.Linq.Expressions;
using System.Reflection;
using Tributary.GraphQL.Types;

namespace Tributary.GraphQL.Binding;

/// <summary>
/// Attaches bindings to a schema and checks that they fit. Every mismatch is reported with both sides.
/// </summary>
internal sealed class Binder(Schema schema, SchemaBindings bindings)
{
    private readonly List<string> problems = [];

    /// <exception cref="SchemaException">The bindings do not fit the schema.</exception>
    public static void Bind(Schema schema, SchemaBindings bindings) => new Binder(schema, bindings).Bind();

    private void Bind()
    {
        foreach (var (name, codec) in bindings.Scalars)
        {
            if (schema.Type(name) is ScalarType scalar) scalar.Codec = codec;
            else problems.Add($"A codec is bound to scalar {name}, which the schema does not have.");
        }
        foreach (var (name, clr) in bindings.Enums)
        {
            if (schema.Type(name) is EnumType type) BindEnum(type, clr);
            else problems.Add($"{clr.Name} is bound to enum {name}, which the schema does not have.");
        }
        foreach (var (name, resolver) in bindings.TypeResolvers)
        {
            if (schema.Type(name) is { IsAbstract: true } type) type.TypeResolver = resolver;
            else problems.Add($"A resolver of types is bound to {name}, which is no interface or union of the schema.");
        }
        foreach (var binding in bindings.Objects.Values.Where(b => schema.Type(b.Name) is not ObjectType))
            problems.Add(
                $"{binding.ClrType.Name} is bound to type {binding.Name}, which is no object type of the schema.");
        foreach (var type in schema.Types.Values.OfType<ObjectType>())
            BindObject(type);
        if (problems.Count > 0)
            throw new SchemaException(problems);
    }

    private void BindObject(ObjectType type)
    {
        var binding = bindings.Objects.GetValueOrDefault(type.Name);
        type.ClrType = binding?.ClrType;
        foreach (var extra in binding?.Fields.Keys.Where(f => type.Field(f) is null) ?? [])
            problems.Add(
                $"There is a resolver for {type.Name}.{extra}, but type {type.Name} has no such field in the schema.");
        foreach (var field in type.Fields)
        {
            var found = binding?.Fields.GetValueOrDefault(field.Name)
                ?? (binding is null ? null : Property(binding.ClrType, field.Name));
            if (found is null)
            {
                var clr = binding is null
                    ? "the type is not bound"
                    : $"{binding.ClrType.Name} has no property of that name";
                problems.Add($"{type.Name}.{field.Name} of the schema has no resolver, and {clr}.");
                continue;
            }
            var isStream = ReferenceEquals(type, schema.Subscription);
            if (isStream != found.Stream is not null)
                problems.Add(isStream
                    ? $"{type.Name}.{field.Name} is a subscription, but {found.Origin} gives no stream."
                    : $"{type.Name}.{field.Name} is no subscription, but {found.Origin} gives a stream.");
            if (field.Arguments.Count > 0 && !binding!.HasField(field.Name))
                problems.Add($"{type.Name}.{field.Name} has arguments, but {found.Origin} cannot take any.");
            if (ClrFit.Problem(schema, bindings, field.Type, found.ResultType) is { } problem)
                problems.Add(
                    $"{type.Name}.{field.Name} is {field.Type} in the schema, but {found.Origin} gives "
                    + $"{ClrFit.Name(found.ResultType)}: {problem}.");
            field.Binding = found;
        }
    }

    private static FieldBinding? Property(Type clr, string name)
    {
        var property = clr.GetProperty(name, BindingFlags.Public | BindingFlags.Instance | BindingFlags.IgnoreCase);
        if (property?.GetMethod is null || property.GetIndexParameters().Length > 0) return null;
        var source = Expression.Parameter(typeof(object));
        var read = Expression.Property(Expression.Convert(source, clr), property);
        var getter = Expression
            .Lambda<Func<object, object?>>(Expression.Convert(read, typeof(object)), source)
            .Compile();
        return new FieldBinding(property.PropertyType, $"property {clr.Name}.{property.Name}") { Getter = getter };
    }

    private void BindEnum(EnumType type, Type clr)
    {
        var members = Enum.GetValues(clr)
            .Cast<object>()
            .GroupBy(m => Plain(m.ToString()!))
            .ToDictionary(g => g.Key, g => g.First());
        foreach (var value in type.Values)
        {
            if (members.TryGetValue(Plain(value.Name), out var member)) value.ClrValue = member;
            else problems.Add($"Enum value {type.Name}.{value.Name} of the schema has no member in {clr.Name}.");
        }
        foreach (var (plain, member) in members.Where(m => type.Values.All(v => Plain(v.Name) != m.Key)))
            problems.Add($"{clr.Name}.{member} has no value in enum {type.Name} of the schema (looked for {plain}).");
        type.ClrType = clr;
    }

    private static string Plain(string name) => name.Replace("_", "").ToUpperInvariant();
}
