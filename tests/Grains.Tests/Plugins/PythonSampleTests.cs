using System.Text.Json;
using Tributary.Pipeline.Plugins;

namespace Tributary.Grains.Tests.Plugins;

/// <summary>The sample in Python as it stands, with its configuration, in a real Python.</summary>
public sealed class PythonSampleTests : IAsyncLifetime
{
    private readonly PluginFiles files = new();
    private readonly PluginBench bench = new();
    private PluginHost host = null!;

    public async ValueTask InitializeAsync()
    {
        files.Copy(PluginFiles.PythonSample, "words");
        var found = files.Load();
        Assert.Empty(found.Faults);
        host = await bench.StartAsync([.. found.Sources]);
        host.Bind(PluginBench.Register(host.Proposals));
    }

    public async ValueTask DisposeAsync()
    {
        await host.DisposeAsync();
        files.Dispose();
    }

    [Fact]
    public async Task It_counts_lines_words_and_characters()
    {
        var (record, contribution) = await RunAsync("To be, or not to be:\nthat is the question. é\n", "text/plain");

        Assert.Equal(
            (2, 11, 45),
            (
                record.GetProperty("lines").GetInt32(),
                record.GetProperty("words").GetInt32(),
                record.GetProperty("characters").GetInt32()));
        Assert.Equal(
            ["be", "to", "is"], record.GetProperty("most_common").EnumerateArray().Select(word => word.GetString()));
        Assert.Equal("""2/0/["text/plain"]""", contribution);
    }

    [Fact]
    public async Task It_reads_the_header_of_csv_files()
    {
        var (record, _) = await RunAsync("id,\"name, first\",x\n1,a,2\n", "text/csv");

        Assert.Equal(
            ["id", "name, first", "x"],
            record.GetProperty("columns").EnumerateArray().Select(name => name.GetString()));
    }

    [Fact]
    public async Task It_refuses_what_is_no_text()
    {
        var run = await host
            .Active.Plugins[0]
            .RunAsync(PluginBench.Context([0x61, 0xff], "text/plain"), TestContext.Current.CancellationToken);

        Assert.Equal("plugin_failed: The text is not UTF-8: invalid start byte at byte 1.", run.Error);
    }

    [Fact]
    public void Its_configuration_says_what_it_accepts()
    {
        Assert.True(host.Active.Plugins[0].Accepts("text/csv"));
        Assert.False(host.Active.Plugins[0].Accepts("image/png"));
        Assert.Equal("words", host.Active.Plugins[0].Name);
    }

    private async Task<(JsonElement Record, string Contribution)> RunAsync(string content, string mediaType)
    {
        var run = await host
            .Active.Plugins[0]
            .RunAsync(PluginBench.Context(content, mediaType), TestContext.Current.CancellationToken);
        Assert.Null(run.Error);
        return (JsonElement.Parse(run.Result.Records.Single().Json.Span), run.Contributions.Single().Aggregate.Key);
    }
}
