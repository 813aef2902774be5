using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Tributary.Connectors.Configuration;
using Tributary.Connectors.Registry;
using Tributary.Connectors.Tests.Support;
using YamlDotNet.RepresentationModel;

namespace Tributary.Connectors.Tests.Registry;

/// <summary>Every example of the documentation is a configuration that the connectors take.</summary>
public sealed partial class DocumentedExamplesTests
{
    private static readonly string Root = Path.GetFullPath(
        Path.Combine(Path.GetDirectoryName(Here())!, "..", "..", ".."));

    [Fact]
    public async Task Each_example_of_the_page_makes_its_store()
    {
        var page = await File.ReadAllTextAsync(
            Path.Combine(Root, "docs", "connectors-content.md"), TestContext.Current.CancellationToken);
        var madeCount = 0;
        foreach (var example in Examples().Matches(page).Select(match => match.Groups["example"].Value))
        {
            // The tests may be built in another configuration than the one that the page names; variables hold what is
            // base64 as well.
            var yaml = new YamlStream();
            yaml.Load(
                new StringReader(
                    Variables()
                        .Replace(example, "QUJD")
                        .Replace(
                            "/Release/",
                            $"/{new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name}/",
                            StringComparison.Ordinal)));
            var map = (ConfigMap)Convert(yaml.Documents[0].RootNode);
            List<ConfigError> errors = [];
            var services = Config.Services(folder: Root);
            ConfigField Field(string key) => Config.Field(map.Fields.GetValueOrDefault(key), errors, key);

            var registry = ConnectorRegistry.Load(Field("connectors"), services);
            foreach (var key in map.Fields.Keys.Where(key => key is not "connectors"))
            {
                IAsyncDisposable? store =
                    key == "data_store"
                        ? registry.CreateContentStore(Field(key), services)
                        : registry.CreateMetadataStore(Field(key), services);
                Assert.True(store is not null && errors.Count == 0, $"{example}\n{string.Join('\n', errors)}");
                await store.DisposeAsync();
                madeCount++;
            }
        }

        Assert.True(madeCount >= 9, $"Only {madeCount} examples were found.");
    }

    private static ConfigNode Convert(YamlNode node)
    {
        switch (node)
        {
            case YamlScalarNode scalar:
                return new ConfigScalar(
                    "example", scalar.Value!, scalar.Value!, scalar.Style != YamlDotNet.Core.ScalarStyle.Plain);
            case YamlSequenceNode sequence:
                return new ConfigList("example", [.. sequence.Select(Convert)]);
            default:
                var map = new ConfigMap("example");
                foreach (var (key, value) in (YamlMappingNode)node)
                    map.Set(((YamlScalarNode)key).Value!, Convert(value));
                return map;
        }
    }

    [GeneratedRegex(
        "```yaml\n(?<example>.*?)```",
        RegexOptions.Singleline | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Examples();

    [GeneratedRegex(@"\$\{\w+\}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Variables();

    private static string Here([CallerFilePath] string path = "") => path;
}
