using System.Text.Json;
using Tributary.Api.Tests.Support;

namespace Tributary.Api.Tests.Rest;

public class OpenApiTests
{
    [Fact]
    public async Task The_API_is_described_and_the_description_can_be_read_offline()
    {
        await using var server = await RunningServer.StartAsync();
        var document = await server.GetAsync("/openapi/v1.json");
        var paths = document.GetProperty("paths").EnumerateObject().Select(path => path.Name).ToList();

        Assert.StartsWith("3.", document.GetProperty("openapi").GetString());
        Assert.Equal(
            [
                "/api/v1/aggregates",
                "/api/v1/aggregates/{name}",
                "/api/v1/cluster",
                "/api/v1/cluster/drain",
                "/api/v1/cluster/uncordon",
                "/api/v1/failed-calls",
                "/api/v1/failed-calls/retry",
                "/api/v1/failed-calls/{id}/retry",
                "/api/v1/failures",
                "/api/v1/failures/park",
                "/api/v1/failures/retry",
                "/api/v1/generations",
                "/api/v1/generations/{name}/drop",
                "/api/v1/generations/{name}/switch",
                "/api/v1/held",
                "/api/v1/items/{id}",
                "/api/v1/ledger",
                "/api/v1/messages",
                "/api/v1/messages/batch",
                "/api/v1/messages/{id}",
                "/api/v1/messages/{id}/park",
                "/api/v1/messages/{id}/retry",
                "/api/v1/plugins",
                "/api/v1/records/{plugin}",
                "/api/v1/reprocess",
                "/api/v1/reprocess/cancel",
                "/health/live",
                "/health/ready",
            ],
            paths.Order(StringComparer.Ordinal));
        foreach (var path in document.GetProperty("paths").EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject())
            {
                Assert.NotEqual("", operation.Value.GetProperty("summary").GetString());
                Assert.Contains(operation.Value.GetProperty("responses").EnumerateObject(), response =>
                    response.Name[0] == '2');
                Assert.All(
                    path.Name.Split('/').Where(step => step.StartsWith('{')).Select(step => step.Trim('{', '}')),
                    name =>
                        Assert.Contains(operation.Value.GetProperty("parameters").EnumerateArray(), parameter =>
                            (
                                parameter.GetProperty("name").GetString(),
                                parameter.GetProperty("in").GetString(),
                                parameter.GetProperty("required").GetBoolean()) == (name, "path", true)));
            }
        }

        var docs = await server.Http.GetStringAsync("/docs/index.html");
        Assert.DoesNotContain("https://", docs);
        Assert.Equal(200, (int)(await server.Http.GetAsync("/docs/swagger-ui-bundle.js")).StatusCode);
    }

    /// <summary>
    /// The contract changes only on purpose: a changed document is written beside the stored one, to be looked at and
    /// copied.
    /// </summary>
    [Fact]
    public async Task The_document_is_the_one_that_the_repository_keeps()
    {
        await using var server = await RunningServer.StartAsync();
        var served = await server.Http.GetStringAsync("/openapi/v1.json");
        var kept = Path.Combine(Repository.Folder, "docs", "openapi.v1.json");
        if (!File.Exists(kept) || await File.ReadAllTextAsync(kept) != served)
            await File.WriteAllTextAsync(Path.Combine(AppContext.BaseDirectory, "openapi.v1.json"), served);

        Assert.Equal(await File.ReadAllTextAsync(kept), served);
    }

    [Fact]
    public async Task Every_reference_in_the_document_leads_somewhere()
    {
        await using var server = await RunningServer.StartAsync();
        var text = await server.Http.GetStringAsync("/openapi/v1.json");
        var schemas = JsonElement.Parse(text).GetProperty("components").GetProperty("schemas");
        var references = text.Split("\"$ref\": \"")
            .Skip(1)
            .Select(rest => rest[..rest.IndexOf('"')])
            .Distinct()
            .ToList();

        Assert.NotEmpty(references);
        Assert.All(references, reference =>
        {
            Assert.StartsWith("#/components/schemas/", reference);
            Assert.True(schemas.TryGetProperty(reference["#/components/schemas/".Length..], out _), reference);
        });
    }
}
