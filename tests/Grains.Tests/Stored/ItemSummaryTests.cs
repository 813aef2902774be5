using System.Collections.Immutable;
using System.Text.Json;
using Tributary.Grains.Items;
using Tributary.Pipeline.Reading;

namespace Tributary.Grains.Tests.Stored;

/// <summary>The short way to read an item says what the general one says, or that it cannot.</summary>
public sealed class ItemSummaryTests
{
    [Fact]
    public void A_summary_is_what_the_whole_state_shows()
    {
        foreach (var mediaType in new[] { null, "text/\"odd\"", "image/jpeg" })
        {
            foreach (var first in new long?[] { null, 0, 1_517_400_000_000 })
            {
                var state = new ItemState
                {
                    Sequence = 7,
                    Source = "source \u00e4\"",
                    MediaType = mediaType,
                    FirstMs = first,
                    LastMs = 1_517_400_000_001,
                    LastMessage = new Guid("01890a5d-ac96-774b-bcce-b302099a8057"),
                };

                Assert.True(ItemSummary.TryRead(Write(state), out var summary));

                var view = state.View("item");
                Assert.Equal(
                    new ItemSummary(
                        view.Sequence, view.Source, view.MediaType, view.FirstReceivedAt, view.LastReceivedAt,
                        view.LastMessage),
                    summary);
            }
        }
    }

    [Fact]
    public void A_state_with_more_in_it_is_left_to_the_general_way()
    {
        var unfinished = new ItemState
        {
            Left = ImmutableSortedDictionary<long, UnfinishedMessage>.Empty.Add(1, new UnfinishedMessage()),
        };

        Assert.False(ItemSummary.TryRead(Write(unfinished), out _));
        Assert.False(ItemSummary.TryRead("""{"n":1,"written":{"by":"a newer version"}}"""u8, out _));
    }

    private static byte[] Write(ItemState state) =>
        JsonSerializer.SerializeToUtf8Bytes(state, GrainsJson.Default.ItemState);
}
