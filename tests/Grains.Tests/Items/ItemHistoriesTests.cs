using Tributary.Connectors;
using Tributary.Grains.Items;
using Tributary.Messages;
using static Tributary.Grains.Tests.Items.ItemWorld;

namespace Tributary.Grains.Tests.Items;

/// <summary>
/// Random histories of one item: results, failures, late results, retries, parks, restarts, changes of the plugins'
/// set. Whatever happens, each plugin's result of a message is applied at most once, and what is left at the end can be
/// completed.
/// </summary>
public sealed class ItemHistoriesTests
{
    private static readonly string[] PluginNames = ["a", "b", "c"];

    [Fact]
    public void Each_plugins_result_of_a_message_is_applied_at_most_once()
    {
        for (var seed = 0; seed < 400; seed++)
        {
            try
            {
                new History(new Random(seed)).Run();
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"seed {seed}: {error.Message}", error);
            }
        }
    }

    private sealed class History(Random random)
    {
        private const int MaxSteps = 120;

        private readonly ItemWorld world = new();
        private readonly List<ReminderRequest> late = [];
        private readonly List<long> sequences = [];

        public void Run()
        {
            for (var step = 0; step < MaxSteps; step++)
            {
                Step();
                Check();
            }

            Complete();
        }

        private void Step()
        {
            var sequence = sequences.Count == 0 ? 0 : sequences[random.Next(sequences.Count)];
            switch (sequence == 0 ? 0 : random.Next(10))
            {
                case 0:
                    sequences.Add(world.Receive());
                    break;
                case 1 or 2 or 3 or 4 when world.HasActivity(sequence):
                    late.Add(world.Activity(sequence));
                    world.Finish(sequence, message => Result(message, world.Order(sequence)));
                    break;
                case 5 when world.HasActivity(sequence):
                    late.Add(world.Activity(sequence));
                    world.Turn.Now = Later(world.Activity(sequence).Due);
                    world.Deliver(world.Activity(sequence), new ActivityResult(null, "test_error: It was refused."));
                    break;
                case 6:
                    world.Retry(sequence, random.Next(2) == 0 ? [] : [PluginNames[random.Next(3)]]);
                    break;
                case 7:
                    world.Park(sequence, random.Next(2) == 0 ? [] : [PluginNames[random.Next(3)]]);
                    break;
                case 8:
                    Interfere(sequence);
                    break;
                default:
                    world.Turn.Now += TimeSpan.FromSeconds(random.Next(2_000));
                    break;
            }
        }

        // Another set of plugins, a restart of the process, or the result of an activity that was replaced.
        private void Interfere(long sequence)
        {
            switch (random.Next(3))
            {
                case 0 when world.HasActivity(sequence):
                    var running = world.Activity(sequence);
                    world.Turn.Now = Later(running.Due);
                    var made = Result(world.Reference(sequence), world.Order(sequence)) with
                    {
                        SetNumber = world.SetNumber++,
                    };
                    world.Deliver(running, new ActivityResult(made, null));
                    break;
                case 1:
                    world.Restart();
                    break;
                case 2 when late.Count > 0:
                    // The engine lets only the latest attempt through; the item must not depend on it for what it
                    // holds.
                    var old = late[random.Next(late.Count)];
                    Assert.True(ProcessName.TryParse(old.Name, out var name));
                    if (world.HasActivity(name.Sequence)
                        && world.Turn.Parts.Any(parts => parts.Message.ItemSequence == name.Sequence)
                        && world.Status(name.Sequence) != MessageStatus.Completed)
                        world.Deliver(
                            old,
                            new ActivityResult(
                                Ran(world.Reference(name.Sequence), Good("a"), Good("b"), Good("c")) with
                                {
                                    SetNumber = world.SetNumber,
                                },
                                null));
                    break;
                default:
                    break;
            }
        }

        private DateTimeOffset Later(DateTimeOffset due) => due > world.Turn.Now ? due : world.Turn.Now;

        private ProcessingResult Result(MessageReference message, ProcessPayload order)
        {
            if (order.Error is { } error)
                return Failed(message, ProcessingStep.Apply, ConnectorFault.Refused, error);
            return random.Next(6) switch
            {
                0 => Failed(message, ProcessingStep.Query, ConnectorFault.Missing),
                1 => Failed(message, ProcessingStep.Query, ConnectorFault.Refused),
                2 when order.Plugins is null => Ran(message),
                _ => Ran(
                    message,
                    [
                        .. (order.Plugins ?? PluginNames).Select(plugin =>
                            random.Next(3) switch
                            {
                                0 => Bad(plugin, mayHelp: true),
                                1 => Bad(plugin),
                                _ => Good(plugin),
                            }),
                    ]),
            };
        }

        private void Check()
        {
            var applied = world.Turn.Records.GroupBy(record => (record.Message.ItemSequence, record.Record.Key));
            Assert.All(applied, group => Assert.Single(group));
            Assert.Equal(world.Turn.Records.Count, world.Turn.Applied.Count);
            foreach (var sequence in sequences)
            {
                var status = world.Status(sequence);
                Assert.True(
                    status is MessageStatus.Processing or MessageStatus.Retrying == world.HasActivity(sequence),
                    $"message {sequence} is {status}");
                var done = world
                    .Turn.Records.Where(record => record.Message.ItemSequence == sequence)
                    .Select(record => record.Record.Key);
                Assert.Empty(world.Left(sequence).Select(part => part.Plugin).Intersect(done));
            }
        }

        private void Complete()
        {
            foreach (var sequence in sequences.Where(sequence =>
                    world.Status(sequence) is not (MessageStatus.Completed or MessageStatus.Skipped)))
            {
                world.Retry(sequence);
                while (world.HasActivity(sequence))
                {
                    world.Finish(sequence, message =>
                        world.Order(sequence) is { Error: { } error }
                            ? Failed(message, ProcessingStep.Apply, ConnectorFault.Refused, error)
                            : Ran(message, [.. (world.Order(sequence).Plugins ?? PluginNames).Select(Good)]));
                }

                world.Retry(sequence);
                if (world.HasActivity(sequence))
                    world.Finish(sequence, message =>
                        Ran(message, [.. (world.Order(sequence).Plugins ?? PluginNames).Select(Good)]));
                Check();
                Assert.Equal(MessageStatus.Completed, world.Status(sequence));
                Assert.Equal(
                    PluginNames,
                    world
                        .Turn.Records.Where(record => record.Message.ItemSequence == sequence)
                        .Select(record => record.Record.Key)
                        .Order());
            }
        }
    }
}
