namespace Tributary.Silo.Tests.Live;

/// <summary>
/// 1,000 subscribers of one silo while messages arrive: some leave and come back, and the silo is restarted once.
/// </summary>
public sealed class ThousandSubscribersTests(ITestOutputHelper output)
{
    private const int SocketsCount = 96;
    private const int SubscriptionsPerSocketCount = 10;
    private const int StreamsCount = 40;
    private const int ItemsCount = 20;
    private const int MessagesPerItemCount = 100;
    private const int MessagesPerSecond = 500;

    /// <summary>Only for a server that never gives what is missing: the failure then says who waits for what.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Every_subscriber_has_every_message_exactly_once_and_in_the_order_of_its_item(bool isKilled)
    {
        var seed = TestRun.Seed;
        output.WriteLine(TestRun.Repeat);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        var cancellation = patience.Token;
        await using var server = await TributaryProcess.StartNewAsync(isDemo: false, cancellation);
        using var http = new HttpClient { BaseAddress = server.Address };
        var gate = new ServerGate();
        var books = Enumerable
            .Range(0, (SocketsCount * SubscriptionsPerSocketCount) + StreamsCount)
            .Select(number => new SubscriberBook($"{number}", ItemsCount + 1))
            .ToList();
        var sockets = books
            .Take(SocketsCount * SubscriptionsPerSocketCount)
            .Chunk(SubscriptionsPerSocketCount)
            .Select(
                (some, number) => new SocketSubscribers(
                    () => server.Address, some, gate, unchecked((seed * 397) ^ number)))
            .ToList();
        var streams = books
            .Skip(SocketsCount * SubscriptionsPerSocketCount)
            .Select(
                (book, number) =>
                    new StreamSubscriber(http, book, gate, unchecked((seed * 397) ^ (SocketsCount + number))))
            .ToList();
        var publishers = new ItemPublishers(http, gate, ItemsCount, MessagesPerItemCount, MessagesPerSecond);

        try
        {
            var subscribing = sockets.Select(socket => Task.Run(() => socket.RunAsync(cancellation), cancellation))
                .Concat(streams.Select(stream => Task.Run(() => stream.RunAsync(cancellation), cancellation))).ToList();
            await publishers.PublishAsync(0, SubscriberBook.Begin, cancellation);
            await Task.WhenAll(books.Select(book => book.Begun)).WaitAsync(cancellation);
            var publishing = publishers.RunAsync(cancellation);
            await publishers.WaitForAcknowledgementsAsync(ItemsCount * MessagesPerItemCount / 2, cancellation);
            gate.Close();
            if (isKilled)
                await server.KillAsync(cancellation);
            else
                Assert.Equal(0, await server.StopAsync(cancellation));
            await server.StartAsync(cancellation);
            gate.Open();
            await publishing;
            await publishers.PublishAsync(0, SubscriberBook.End, cancellation);
            await Task.WhenAll(books.Select(book => book.Done)).WaitAsync(cancellation);
            await Task.WhenAll(subscribing).WaitAsync(cancellation);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            var waiting = books.Where(book => !book.Done.IsCompleted).ToList();
            var first = string.Join(' ', waiting.Select(book => string.Join(',', book.Next)).FirstOrDefault() ?? "");
            Assert.Fail($"{waiting.Count} subscribers still wait, the first with {first}.\n{server.Output}");
        }
        finally
        {
            foreach (var socket in sockets)
                socket.Dispose();
        }

        Assert.All(books, book => Assert.Equal([2, .. Enumerable.Repeat(MessagesPerItemCount, ItemsCount)], book.Next));
        var (left, told, lost) = (
            sockets.Sum(one => one.LeftCount) + streams.Sum(one => one.LeftCount),
            sockets.Sum(one => one.ToldCount) + streams.Sum(one => one.ToldCount),
            sockets.Sum(one => one.LostCount) + streams.Sum(one => one.LostCount));
        output.WriteLine(
            $"{left} times a client left, {told} times it was told where to resume, {lost} connections were lost.");
        Assert.True(left > 0 && lost > 0, "Nobody left or lost its connection: the test shows nothing.");
        Assert.True(isKilled || told > 0, "The silo stopped without telling anybody where to resume.");
    }
}
