using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Tributary.Api.Batch;
using Tributary.Api.Tests.Support;

namespace Tributary.Api.Tests.Rest;

/// <summary>
/// Lines of a batch and their numbers, however the bytes come: the numbers are the keys of a batch that is sent again.
/// </summary>
public class BatchLinesTests
{
    private const int MaxBytes = 10;

    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1_000)]
    public async Task A_line_that_is_skipped_has_a_number_and_those_behind_it_keep_theirs(int piece)
    {
        var lines = await ReadAsync($"a\n{new string('x', 50)}\nbb\r\n{new string('y', MaxBytes + 1)}\n\nccc", piece);

        Assert.Equal([(1, "a"), (2, null), (3, "bb"), (4, null), (5, ""), (6, "ccc")], lines);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1_000)]
    public async Task A_line_that_is_skipped_is_told_of_although_nothing_ends_it(int piece)
    {
        Assert.Equal([(1, "a"), (2, null)], await ReadAsync($"a\n{new string('x', 50)}", piece));
        Assert.Equal([(1, null)], await ReadAsync(new string('x', 50), piece));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(MaxBytes)]
    [InlineData(MaxBytes + 1)]
    [InlineData(1_000)]
    public async Task A_line_of_the_greatest_length_may_end_with_a_carriage_return(int piece)
    {
        var longest = new string('x', MaxBytes);

        Assert.Equal(
            [(1, longest), (2, longest), (3, longest), (4, null)],
            await ReadAsync($"{longest}\r\n{longest}\n{longest}\r\n{longest}y\r\n", piece));
    }

    [Fact]
    public async Task A_batch_with_a_line_that_is_skipped_is_stored_once_when_it_is_sent_again()
    {
        await using var server = await RunningServer.StartAsync(new ApiOptions { MaxBodyBytes = 1_024 });
        // More than a connection holds of a body: the line must be skipped in pieces.
        var tooLong = new string('x', 4 << 20);
        var body = $"{{\"n\":1}}\n{{\"x\":\"{tooLong}\"}}\n{{\"n\":3}}\n{{\"n\":4}}\n";
        var first = await SendAsync(server, body);
        var again = await SendAsync(server, body.Replace(tooLong, "", StringComparison.Ordinal));

        Assert.Equal([202, 413, 202, 202], first.Select(result => result.GetProperty("status").GetInt32()));
        Assert.Equal([202, 202, 202, 202], again.Select(result => result.GetProperty("status").GetInt32()));
        Assert.Equal([1, 2, 3, 4], first.Select(result => result.GetProperty("line").GetInt32()));
        foreach (var line in (int[])[0, 2, 3])
            Assert.Equal(first[line].GetRawText(), again[line].GetRawText());
        Assert.Equal(4, (await server.GetAsync("/api/v1/ledger")).GetProperty("accepted").GetInt64());
    }

    [Fact]
    public async Task A_window_lets_in_as_many_bytes_as_it_may_hold_and_waits_for_more()
    {
        var window = new BatchWindow(new ApiOptions { BatchWindowCount = 8, BatchWindowBytes = MaxBytes });
        var first = new PendingLine(1, 4, default, null);
        window.Add(first);
        Assert.True(window.WaitForRoomAsync(MaxBytes - 4, Cancellation).AsTask().IsCompletedSuccessfully);
        var waiting = window.WaitForRoomAsync(MaxBytes - 3, Cancellation).AsTask();
        Assert.False(waiting.IsCompleted);

        window.Release(first);

        await waiting.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
        Assert.True(window.WaitForRoomAsync(MaxBytes * 2, Cancellation).AsTask().IsCompletedSuccessfully);
    }

    private static async Task<List<(long Number, string? Text)>> ReadAsync(string sent, int piece)
    {
        var pipe = new Pipe();
        var reader = new BatchLines(pipe.Reader, MaxBytes);
        var read = new List<(long, string?)>();
        var bytes = Encoding.UTF8.GetBytes(sent);
        for (var at = 0; at < bytes.Length; at += piece)
        {
            await pipe.Writer.WriteAsync(bytes.AsMemory(at, Math.Min(piece, bytes.Length - at)), Cancellation);
            await reader.FillAsync(Cancellation);
            Take();
        }

        await pipe.Writer.CompleteAsync();
        while (await reader.FillAsync(Cancellation))
            Take();
        return read;

        void Take()
        {
            while (reader.TryRead(out var line))
                read.Add((line.Number, line.IsTooLong ? null : Encoding.UTF8.GetString(line.Body)));
        }
    }

    private static async Task<List<JsonElement>> SendAsync(RunningServer server, string body)
    {
        using var response = await server.PostAsync(body, "/api/v1/messages/batch", "batch", "application/x-ndjson");
        return [.. (await response.Content.ReadAsStringAsync(Cancellation))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line))];
    }
}
