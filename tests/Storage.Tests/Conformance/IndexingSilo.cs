using System.Text;
using Tributary.Messages;
using Tributary.Pipeline.Contributions;
using Tributary.Pipeline.Definitions;
using Tributary.Pipeline.Intake;

namespace Tributary.Storage.Tests.Conformance;

/// <summary>Makes messages as the door does, with what a silo's indexed paths hold in them.</summary>
internal sealed class IndexingSilo
{
    private readonly MessageIntake door;

    public IndexingSilo(TestSilo silo)
    {
        Silo = silo;
        var paths = silo.IndexedPaths.Select(path => new IndexedPath(path.Value, JsonPointer.Parse(path.Key))).ToList();
        door = new MessageIntake(
            new NoGrains(),
            new ContributionCalculator([], paths),
            new MessageIds(() => 7),
            new FixedClock(),
            new IntakeOptions());
    }

    public TestSilo Silo { get; }

    /// <param name="body">The body.</param>
    /// <param name="number">
    /// The message's item sequence, by which a test knows it again; also its item (modulo 5) and source (modulo 3).
    /// </param>
    public AppendedMessage Message(string body, int number)
    {
        var incoming = door.Prepare(
            new IntakeRequest { Source = $"source {number % 3}", Body = Encoding.UTF8.GetBytes(body) });
        return new AppendedMessage(
            incoming.Message with
            {
                Id = new MessageId(Guid.CreateVersion7()),
                Item = $"item {number % 5}",
            },
            number,
            []);
    }

    /// <summary>One round.</summary>
    public Task CommitAsync(IEnumerable<AppendedMessage> messages) => Silo.CommitAsync([.. messages]);

    private sealed class FixedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => TestSilo.Noon;
    }

    private sealed class NoGrains : IRoundGrains
    {
        public TGrain GetGrain<TGrain>(string key)
            where TGrain : class, IGrainWithStringKey =>
            throw new InvalidOperationException("Messages are only prepared.");
    }
}
