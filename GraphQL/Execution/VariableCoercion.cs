using System.Text.Json;
using Tributary.GraphQL.Language;
using Tributary.GraphQL.Types;

namespace Tributary.GraphQL.Execution;

/// <summary>
/// CoerceVariableValues (spec section 6.1.2): JSON to CLR values. Finds all errors up to a limit, each
/// with its path inside the variable.
/// </summary>
internal sealed class VariableCoercion(Schema schema, Document document, int maxErrors)
{
    private readonly List<GraphQLError> errors = [];
    private VariableDefinition current = null!;

    /// <summary>
    /// The values by name. A variable without value and default is absent. <paramref name="json"/> is an object, null
    /// or undefined. When there are errors, the values must not be used.
    /// </summary>
    public static (InputObject Values, IReadOnlyList<GraphQLError> Errors) Coerce(
        Schema schema, Document document, OperationDefinition operation, JsonElement json, int maxErrors)
    {
        if (operation.Variables.Count == 0) return (InputObject.Empty, []);
        var coercion = new VariableCoercion(schema, document, maxErrors);
        return (coercion.Coerce(operation, json), coercion.errors);
    }

    private InputObject Coerce(OperationDefinition operation, JsonElement json)
    {
        var values = new InputObject();
        foreach (var variable in operation.Variables)
        {
            current = variable;
            if (schema.Type(variable.Type) is not { IsInput: true } type) continue;
            if (json.ValueKind == JsonValueKind.Object && json.TryGetProperty(variable.Name, out var given))
            {
                values.Set(variable.Name, Value(type, given, ""));
            }
            else if (variable.DefaultValue is not null)
            {
                values.Set(variable.Name, LiteralCoercion.Value(type, variable.DefaultValue, InputObject.Empty));
            }
            else if (type.IsNonNull)
            {
                Report("", $"of required type {type} was not provided");
            }
        }
        return values;
    }

    private object? Value(GraphQLType type, JsonElement json, string path)
    {
        if (json.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined)
        {
            if (type.IsNonNull) Report(path, $"of type {type} must not be null");
            return null;
        }
        if (type.Nullable is ListType list)
        {
            if (json.ValueKind != JsonValueKind.Array) return new List<object?>(1) { Value(list.Of, json, path) };
            var items = new List<object?>(json.GetArrayLength());
            foreach (var item in json.EnumerateArray()) items.Add(Value(list.Of, item, $"{path}[{items.Count}]"));
            return items;
        }
        switch (type.Named)
        {
            case InputObjectType input:
                return FromJson(input, json, path);
            case EnumType values:
                if (json.ValueKind == JsonValueKind.String && values.Value(json.GetString()!) is { } value)
                    return value.ClrValue;
                var text = json.ValueKind == JsonValueKind.String ? json.GetString()! : "";
                Report(
                    path,
                    $"is no value of enum {values.Name}.{Suggestions.For(text, values.Values.Select(v => v.Name))}");
                return null;
            default:
                return Scalar((ScalarType)type.Named, json, path);
        }
    }

    private object? Scalar(ScalarType scalar, JsonElement json, string path)
    {
        try
        {
            return scalar.Codec.ParseJson(json);
        }
        catch (CoercionException problem)
        {
            Report(path, $"is no {scalar.Name}: {problem.Message}");
            return null;
        }
    }

    private InputObject? FromJson(InputObjectType type, JsonElement json, string path)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            Report(path, $"is no object of type {type.Name}");
            return null;
        }
        var result = new InputObject();
        foreach (var field in type.Fields)
        {
            if (json.TryGetProperty(field.Name, out var given))
                result.Set(field.Name, Value(field.Type, given, $"{path}.{field.Name}"));
            else if (field.DefaultValue is not null)
                result.Set(field.Name, LiteralCoercion.Value(field.Type, field.DefaultValue, InputObject.Empty));
            else if (field.Type.IsNonNull)
                Report(path, $"lacks the field \"{field.Name}\" of required type {field.Type}");
        }
        var names = new HashSet<string>();
        foreach (var given in json.EnumerateObject())
        {
            names.Add(given.Name);
            if (type.Field(given.Name) is null)
                Report(path,
                    $"has a field \"{Short(given.Name)}\", which type {type.Name} does not "
                    + $"have.{Suggestions.For(given.Name, type.Fields.Select(f => f.Name))}");
        }
        if (!type.IsOneOf)
            return result;
        if (names.Count != 1)
            Report(path, $"must have exactly one field, because {type.Name} is a @oneOf input object");
        else if (result.Values.Any(v => v is null))
            Report(path, $"must have a field that is not null, because {type.Name} is a @oneOf input object");
        return result;
    }

    private static string Short(string name) => name.Length <= 60 ? name : name[..60] + "…";

    private void Report(string path, string problem)
    {
        if (errors.Count >= maxErrors) return;
        var place = path.Length == 0 ? "" : $" at \"{current.Name}{path}\"";
        errors.Add(
            new GraphQLError(
                $"Variable \"${current.Name}\"{place} {problem}",
                [document.Source.LocationOf(current.Start)],
                Code: ErrorCodes.BadInput));
    }
}
