using System.Text.Json;
using Tributary.Api.GraphQL;
using Tributary.Api.Tests.Support;
using Tributary.GraphQL.Language;

namespace Tributary.Api.Tests.GraphQL;

public class SchemaTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private const string Described =
        """
        { __schema { description types { name description
            fields { name description args { name description } } inputFields { name description }
              enumValues { name description } } } }
        """;

    [Fact]
    public void The_file_is_the_schema_as_it_is_printed() =>
        Assert.Equal(Printer.Print(Parser.Parse(TributarySchema.Sdl)) + "\n", TributarySchema.Sdl);

    [Fact]
    public async Task The_server_serves_every_definition_of_the_file_and_describes_everything()
    {
        var schema = (await fixture.Server.DataAsync(Described)).GetProperty("__schema");
        var types = schema
            .GetProperty("types")
            .EnumerateArray()
            .Where(type => !type.GetProperty("name").GetString()!.StartsWith("__", StringComparison.Ordinal))
            .ToList();

        var defined = Parser
            .Parse(TributarySchema.Sdl)
            .Definitions.OfType<TypeDefinition>()
            .Select(definition => definition.Name);
        string[] builtIn = ["String", "Int", "Float", "Boolean", "ID"];
        Assert.Equal(
            defined.Order(), types.Select(type => type.GetProperty("name").GetString()!).Except(builtIn).Order());
        Assert.NotEqual(0, types.Sum(type => Check(type, type.GetProperty("name").GetString()!)));
    }

    /// <summary>Everything has a description that is a sentence; returns how many there are.</summary>
    private static int Check(JsonElement element, string place)
    {
        var count = 1;
        var description = element.GetProperty("description").GetString();
        Assert.True(
            description is { Length: > 8 } && description.TrimEnd('.', ')').Length < description.Length,
            $"{place} has the description '{description}'.");
        foreach (var name in new[] { "fields", "args", "inputFields", "enumValues" })
        {
            if (!element.TryGetProperty(name, out var list) || list.ValueKind != JsonValueKind.Array)
                continue;
            foreach (var part in list.EnumerateArray())
                count += Check(part, $"{place}.{part.GetProperty("name")}");
        }

        return count;
    }
}
