using Tributary.Silo.Tests.Pipeline;

namespace Tributary.Silo.Tests.Running;

/// <summary>
/// A database that version 0.1 has written, before rounds stood on Orleans, and left with work for later. The file is
/// never written anew.
/// </summary>
public sealed class EarlierVersionTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static string Stored(string name) => Path.Combine(AppContext.BaseDirectory, "Running", "Earlier", name);

    /// <summary>
    /// The file holds three messages. <c>here</c> is counted. <c>late</c> waits for its file, by a reminder.
    /// <c>held</c> is complete, and its call of the aggregate is stored with method name and JSON arguments, because
    /// the process that made it was given a state that it could not read.
    /// </summary>
    [Fact]
    public async Task What_it_left_for_later_is_done_once()
    {
        using var folder = new TemporaryFolder();
        var config = Path.Combine(folder.Path, "tributary.yaml");
        File.Copy(Stored("version-0.1.yaml"), config);
        Directory.CreateDirectory(Path.Combine(folder.Path, "files"));
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "files", "late.txt"), "too late", Cancellation);
        await using var server = await TributaryProcess
            .StartNewAsync(environment: null, ["--config", config], Cancellation);
        Assert.Equal(0, await server.StopAsync(Cancellation));
        File.Copy(Stored("version-0.1.db"), Path.Combine(server.DataDirectory, "tributary.db"), overwrite: true);

        // The second start finds all done, and does none of it again.
        await StartAndCheckAsync(server);
        await StartAndCheckAsync(server);
    }

    private static async Task StartAndCheckAsync(TributaryProcess server)
    {
        await server.StartAsync(Cancellation);
        using var http = new HttpClient { BaseAddress = server.Address };
        var ledger = await StoredMessages.WaitAsync(
            http, "api/v1/ledger?verify=true", body => body.GetProperty("completed").GetInt32() == 3, Cancellation);
        await StoredMessages.WaitAsync(
            http, "api/v1/held", body => body.GetProperty("counts").GetArrayLength() == 0, Cancellation);

        Assert.Equal(3, ledger.GetProperty("accepted").GetInt32());
        Assert.True(ledger.GetProperty("balances").GetBoolean());
        Assert.True(ledger.GetProperty("matches").GetBoolean());
        var sizes = Assert.Single(await StoredMessages.ReadAggregateAsync(http, "sizes", Cancellation));
        Assert.Equal(3, sizes.GetProperty("count").GetInt32());
        Assert.Equal(5 + 5 + "too late".Length, sizes.GetProperty("measures").GetProperty("sum").GetInt32());
        var records = await StoredMessages.ReadAsync(http, "api/v1/records/hashes", Cancellation);
        Assert.Equal(
            ["held", "here", "late"],
            records.GetProperty("records").EnumerateArray()
                .Select(record => record.GetProperty("item").GetString()).Order());
        Assert.Equal(
            ["here", "late", "held"],
            (await StoredMessages.ReadAllAsync(http, Cancellation))
                .Select(message => message.GetProperty("id").GetString()));
        Assert.Equal(0, await server.StopAsync(Cancellation));
    }
}
