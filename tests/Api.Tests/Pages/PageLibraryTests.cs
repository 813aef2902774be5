using System.Diagnostics;
using System.Text.Json;
using Tributary.Api.Tests.Support;

namespace Tributary.Api.Tests.Pages;

/// <summary>What the page computes by itself, run by Node.js as the server serves it.</summary>
public sealed class PageLibraryTests(PageLibraryFixture fixture) : IClassFixture<PageLibraryFixture>
{
    [Theory]
    [InlineData(0, "now")]
    [InlineData(999, "now")]
    [InlineData(1_000, "in 1 s")]
    [InlineData(1_001, "in 2 s")]
    [InlineData(59_000, "in 59 s")]
    [InlineData(59_001, "in 1 min")]
    [InlineData(200_000, "in 3 min 20 s")]
    [InlineData(3_600_000, "in 1 h")]
    [InlineData(7_500_000, "in 2 h 5 min")]
    [InlineData(273_600_000, "in 3 d 4 h")]
    public async Task A_countdown_is_never_too_short(int ms, string text) =>
        Assert.Equal(text, await RunAsync($"format.until({ms})"));

    [Theory]
    [InlineData("86400000", "1 day")]
    [InlineData("900000", "15 minutes")]
    [InlineData("5400000", "90 minutes")]
    [InlineData("1000", "1 second")]
    [InlineData("1500", "1,500 ms")]
    public async Task A_duration_is_told_in_the_largest_unit_that_divides_it(string ms, string text) =>
        Assert.Equal(text, await RunAsync($"format.duration({ms})"));

    [Theory]
    [InlineData("format.clip('abcd', 4)", "abcd")]
    [InlineData("format.clip('abcde', 4)", "abcd…")]
    [InlineData("format.runTime(999)", "999 ms")]
    [InlineData("format.runTime(1000)", "1 s")]
    [InlineData("format.runTime(3140)", "3.1 s")]
    [InlineData("format.runTime(0.42)", "0.42 ms")]
    [InlineData("format.runTime(null)", "–")]
    [InlineData("format.measure(1234567)", "1,234,567")]
    [InlineData("format.measure(0.123456789)", "0.12346")]
    [InlineData("format.measure(0)", "0")]
    [InlineData("format.measure(null)", "–")]
    [InlineData("format.plural(1, 'message')", "1 message")]
    [InlineData("format.plural(0, 'message')", "0 messages")]
    [InlineData("format.windowTime(1517356800000, 86400000)", "31 Jan 2018")]
    [InlineData("format.windowTime(1517356800000, 3600000)", "31 Jan, 00:00")]
    public async Task Numbers_and_texts_read_as_people_write_them(string expression, string text) =>
        Assert.Equal(text, await RunAsync(expression));

    [Fact]
    public async Task Delays_double_to_their_ceiling_between_half_and_whole_and_begin_anew()
    {
        const string Delays =
            "((random, b = new backoff.Backoff({ random })) => "
            + "[...Array(8).keys()].map(() => b.nextMs()).concat((b.reset(), b.nextMs())))";

        Assert.Equal("250,500,1000,2000,4000,8000,15000,15000,250", await RunAsync($"{Delays}(() => 0).join(',')"));
        Assert.Equal("500,1000,2000,4000,8000,16000,30000,30000,500", await RunAsync($"{Delays}(() => 1).join(',')"));
    }

    [Theory]
    [InlineData("3, 100", "aa,bb,cc", "aa,bb,cc")]
    [InlineData("2, 100", "aa,bb,cc", "bb,cc")]
    [InlineData("9, 4", "aa,bb", "aa,bb")]
    [InlineData("9, 4", "aa,bb,c", "bb,c")]
    [InlineData("9, 4", "aa,longer", "longer")]
    public async Task The_newest_entries_stay_within_count_and_characters(string limits, string added, string kept) =>
        Assert.Equal(
        kept,
        await RunAsync(
            $"(list => ('{added}'.split(',').forEach(text => list.add({{ text }})), "
            + $"list.entries.map(one => one.text).join(',')))(new newest.Newest({limits}))"));

    [Fact]
    public async Task Entries_that_were_taken_make_room_for_others() => Assert.Equal(
        "aaaa,bbbb",
        await RunAsync(
            "(list => (list.add({ text: 'xxxx' }), list.take(), "
            + "list.add({ text: 'aaaa' }), list.add({ text: 'bbbb' }), list.entries.map(one => "
                + "one.text).join(',')))(new newest.Newest(9, 8))"));

    private Task<string> RunAsync(string expression) => fixture.RunAsync(expression);
}

/// <summary>The files of the page's library in a folder, and one Node.js that evaluates what it is told.</summary>
public sealed class PageLibraryFixture : IAsyncLifetime
{
    private const string Program = """
        import * as format from './format.js';
        import * as backoff from './backoff.js';
        import * as newest from './newest.js';
        import { createInterface } from 'node:readline';
        for await (const line of createInterface({ input: process.stdin }))
          console.log(JSON.stringify(String(eval(line))));
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string folder = Directory.CreateTempSubdirectory("tributary-page-").FullName;
    private readonly SemaphoreSlim turn = new(1);
    private Process? node;

    public async ValueTask InitializeAsync()
    {
        await using (var server = await RunningServer.StartAsync())
        {
            foreach (var file in (string[])["format.js", "json.js", "backoff.js", "newest.js"])
                await File.WriteAllTextAsync(
                    Path.Combine(folder, file), await server.Http.GetStringAsync($"/js/lib/{file}"));
        }

        await File.WriteAllTextAsync(Path.Combine(folder, "run.mjs"), Program);
        await File.WriteAllTextAsync(Path.Combine(folder, "package.json"), """{"type": "module"}""");
        node = Process.Start(new ProcessStartInfo("node", ["run.mjs"])
        {
            WorkingDirectory = folder, UseShellExecute = false,
            RedirectStandardInput = true, RedirectStandardOutput = true,
        });
    }

    /// <summary>The value of an expression of JavaScript, as text.</summary>
    public async Task<string> RunAsync(string expression)
    {
        using var limit = new CancellationTokenSource(Patience);
        await turn.WaitAsync(limit.Token);
        try
        {
            await node!.StandardInput.WriteLineAsync(expression.AsMemory(), limit.Token);
            await node.StandardInput.FlushAsync(limit.Token);
            var answer = await node.StandardOutput.ReadLineAsync(limit.Token)
                ?? throw new InvalidOperationException($"Node.js ended with: {expression}");
            return JsonSerializer.Deserialize<string>(answer)!;
        }
        finally
        {
            turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (node is not null)
        {
            node.StandardInput.Close();
            node.Kill();
            await node.WaitForExitAsync();
            node.Dispose();
        }

        turn.Dispose();
        Directory.Delete(folder, recursive: true);
    }
}
