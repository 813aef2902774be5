using System.Text;
using Tributary.GraphQL.Types;

namespace Tributary.GraphQL.Tests.Differential;

/// <summary>
/// Writes documents that mostly are valid for a schema: fields, fragments, variables, directives, aliases, literals.
/// </summary>
internal sealed class DocumentGenerator(Schema schema, Random random)
{
    private readonly List<string> fragments = [];
    private readonly Dictionary<string, string> variables = [];
    private readonly Dictionary<NamedType, List<NamedType>> overlaps = [];
    private int fragmentCount;
    private bool allowVariables;

    public string Document()
    {
        fragments.Clear();
        fragmentCount = 0;
        var operations = new List<string>();
        var count = random.Next(8) == 0 ? 2 : 1;
        for (var i = 0; i < count; i++) operations.Add(Operation(count > 1 || Chance(2) ? $"Op{i}" : "", count == 1));
        return string.Join("\n", operations.Concat(fragments));
    }

    private bool Chance(int oneIn) => random.Next(oneIn) == 0;

    private T Pick<T>(IReadOnlyList<T> list) => list[random.Next(list.Count)];

    private string Operation(string name, bool withVariables)
    {
        variables.Clear();
        allowVariables = withVariables;
        var kind = random.Next(10) switch { 0 => "mutation", 1 => "subscription", _ => "query" };
        string selection;
        if (kind == "subscription")
        {
            var field = Pick(schema.Subscription!.Fields);
            selection = "{ " + FieldText(field, 3) + " }";
        }
        else
        {
            selection = Selection(kind == "query" ? schema.Query : schema.Mutation!, 4);
        }
        var definitions =
            variables.Count == 0
                ? ""
                : "("
                    + string.Join(
                        ", ", variables.Select(v => $"${v.Key}: {v.Value}{(Chance(12) ? " @tag(name: \"v\")" : "")}"))
                    + ")";
        if (kind == "query" && name.Length == 0 && definitions.Length == 0)
            return selection;
        return $"{kind} "
            + $"{name}{definitions}{(kind == "query" && Chance(10) ? " @tag(name: \"q\") @tag(name: \"r\")" : "")} "
            + $"{selection}";
    }

    private string Selection(NamedType type, int depth)
    {
        var text = new StringBuilder("{ ");
        var count = random.Next(1, 4);
        for (var i = 0; i < count; i++)
        {
            text.Append(random.Next(8) switch
            {
                0 => "__typename",
                1 when depth > 0 => InlineFragment(type, depth),
                2 when depth > 0 => Spread(type, depth),
                _ => SomeField(type, depth),
            }).Append(' ');
        }
        return text.Append('}').ToString();
    }

    private string SomeField(NamedType type, int depth)
    {
        if (type is not FieldsType fields) return InlineFragment(type, depth);
        var candidates = fields.Fields.Where(f => depth > 0 || f.Type.Named.IsLeaf).ToList();
        return candidates.Count == 0 ? "__typename" : FieldText(Pick(candidates), depth);
    }

    private string FieldText(FieldDef field, int depth)
    {
        var alias = Chance(4) ? Pick(["a", "b", "id", "name"]) + (Chance(3) ? "" : random.Next(100)) + ": " : "";
        var arguments = new List<string>();
        foreach (var argument in field.Arguments)
            if (argument.IsRequired || Chance(3))
                arguments.Add($"{argument.Name}: {Argument(argument)}");
        if (Chance(2))
            arguments.Reverse();
        var text =
            alias + field.Name + (arguments.Count == 0 ? "" : $"({string.Join(", ", arguments)})") + Directives();
        return field.Type.Named.IsComposite ? text + " " + Selection(field.Type.Named, depth - 1) : text;
    }

    private string Argument(InputDef argument)
    {
        if (!allowVariables || !Chance(3)) return Literal(argument.Type, 3);
        var name = $"v{variables.Count}";
        var type = argument.Type.ToString()!;
        if (argument.Type.IsNonNull && (argument.DefaultValue is not null || Chance(4)) && Chance(2))
            variables[name] = type[..^1] + (argument.DefaultValue is null ? " = " + Literal(argument.Type, 2) : "");
        else
            variables[name] =
                type
                + (
                    !argument.Type.IsNonNull && Chance(3) ? "!"
                    : Chance(4) ? " = " + Literal(argument.Type, 2)
                    : "");
        return "$" + name;
    }

    private string Directives() => random.Next(14) switch
    {
        0 => " @include(if: true)",
        1 => " @skip(if: false) @include(if: true)",
        2 => " @tag(name: \"x\", weight: 3) @tag(name: \"y\")",
        3 => " @once(on: RED)",
        _ => "",
    };

    private string InlineFragment(NamedType type, int depth)
    {
        if (Chance(4)) return $"... {Selection(type, depth - 1)}";
        var target = Target(type);
        return $"... on {target.Name} {Selection(target, depth - 1)}";
    }

    private string Spread(NamedType type, int depth)
    {
        var target = Target(type);
        var name = $"F{fragmentCount++}";
        // Fragments are shared by all operations of the document, so only lone operations may use variables in them.
        fragments.Add($"fragment {name} on {target.Name} {Selection(target, depth - 1)}");
        return Chance(6) ? $"...{name} ...{name}" : $"...{name}";
    }

    private NamedType Target(NamedType type)
    {
        if (overlaps.TryGetValue(type, out var overlapping))
            return Pick(overlapping);
        overlaps[type] = overlapping = schema
            .Types.Values.Where(t =>
                t.IsComposite && !t.Name.StartsWith("__", StringComparison.Ordinal) && schema.Overlap(type, t))
            .ToList();
        return Pick(overlapping);
    }

    public string Literal(GraphQLType type, int depth)
    {
        if (!type.IsNonNull && Chance(12)) return "null";
        if (type.Nullable is ListType list)
        {
            if (Chance(6) && list.Of.Nullable is not ListType)
                return Literal(list.Of.NonNull, depth);
            return "["
                + string.Join(", ", Enumerable.Range(0, random.Next(3)).Select(_ => Literal(list.Of, depth - 1)))
                + "]";
        }
        switch (type.Named)
        {
            case EnumType values: return Pick(values.Values).Name;
            case InputObjectType { IsOneOf: true } oneOf:
                var chosen = Pick(oneOf.Fields.Where(f => depth > 0 || f.Type.Named.IsLeaf).ToList());
                return $"{{ {chosen.Name}: {Literal(chosen.Type.NonNull, depth - 1)} }}";
            case InputObjectType input:
                var fields = input.Fields.Where(f => f.IsRequired || (depth > 0 && Chance(3)));
                return "{" + string.Join(", ", fields.Select(f => $"{f.Name}: {Literal(f.Type, depth - 1)}")) + "}";
        }
        return type.Named.Name switch
        {
            "Int" => Pick(["0", "1", "-7", "2147483647"]),
            "Float" => Pick(["0", "1.5", "-2e3", "7"]),
            "Boolean" => Pick(["true", "false"]),
            "ID" => Pick(["\"id\"", "12", "\"\""]),
            "String" => Pick(["\"text\"", "\"\\u00e9\\n\"", "\"\"\" block \"\"\"", "\"\""]),
            _ => Pick(["1", "\"s\"", "{ a: [1, { b: RED }] }", "[1.5, null]", "true", "NAME"]),
        };
    }
}
