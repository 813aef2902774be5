using System.Text;
using System.Text.Json;
using Tributary.Storage.Indexing;

namespace Tributary.Rounds.Tests.Indexing;

public sealed class IndexKeyTests
{
    private const int Seed = 20_260_301;

    [Theory]
    [InlineData("1", "1.0", "1e0", "10E-1", "0.1e1", "1.000000000000000000000000000000")]
    [InlineData("0", "-0", "0.0", "0e999", "-0.000e-7")]
    [InlineData("-120", "-1.2e2", "-0.12E+3", "-120.00")]
    [InlineData("1e400", "10e399", "0.1e401")]
    [InlineData("1e-99999999999999", "10e-100000000000000")]
    public void Equal_numbers_have_one_key(params string[] forms) =>
        Assert.Single(forms.Select(form => Convert.ToHexString(Key(form))).Distinct());

    [Fact]
    public void Keys_of_numbers_have_the_order_of_the_numbers()
    {
        var random = new Random(Seed);
        var numbers = Enumerable
            .Range(0, 400)
            .Select(_ => Number(random))
            .Concat(["0", "-0.0", "1e999999", "-1e999999", "1e-999999", "-1e-999999", "1e-65", "1e63", "1e64"])
            .ToList();

        foreach (var x in numbers)
        {
            foreach (var y in numbers)
            {
                var order = JsonNumbers.Compare(Encoding.ASCII.GetBytes(x), Encoding.ASCII.GetBytes(y));
                Assert.True(
                    Math.Sign(Key(x).AsSpan().SequenceCompareTo(Key(y))) == Math.Sign(order),
                    $"seed {Seed}: {x} and {y}");
            }
        }
    }

    [Fact]
    public void Numbers_that_are_alike_in_128_digits_share_a_key_that_says_so()
    {
        var digits = new string('7', 128);

        Assert.Equal(Key(digits + "1"), Key(digits + "2"));
        Assert.False(IsExact(digits + "1"));
        Assert.True(IsExact(digits + "000"));
        Assert.True(IsExact(digits + ".0e5"));
    }

    [Fact]
    public void Bounds_hold_every_key_on_their_side()
    {
        var random = new Random(Seed);
        var texts = Enumerable.Range(0, 300).Select(_ => Text(random)).ToList();
        foreach (var x in texts)
        {
            var (low, high) = (
                IndexKey.AtOrAbove(JsonTokenType.String, x, false), IndexKey.AtOrBelow(JsonTokenType.String, x, false));
            foreach (var y in texts)
            {
                var key = IndexKey.Of(JsonTokenType.String, y, false, out _);
                var order = y.AsSpan().SequenceCompareTo(x);
                Assert.True(
                    order < 0 || key.AsSpan().SequenceCompareTo(low) >= 0,
                    $"seed {Seed}: {Convert.ToHexString(y)} at or above {Convert.ToHexString(x)}");
                Assert.True(
                    order > 0 || key.AsSpan().SequenceCompareTo(high) < 0,
                    $"seed {Seed}: {Convert.ToHexString(y)} at or below {Convert.ToHexString(x)}");
            }
        }
    }

    [Fact]
    public void Long_strings_that_begin_alike_have_keys_of_their_own()
    {
        var start = new string('x', 5_000);
        var keys = new[] { start + "a", start + "b", start }
            .Select(text => IndexKey.Of(JsonTokenType.String, Encoding.UTF8.GetBytes(text), false, out _))
            .ToList();

        Assert.Equal(3, keys.Select(Convert.ToHexString).Distinct().Count());
        Assert.All(keys, key => Assert.Equal(IndexKey.MaxBytes, key.Length));
    }

    [Theory]
    [InlineData(127, true)]
    [InlineData(128, false)]
    public void A_short_string_is_its_own_key(int length, bool isExact)
    {
        IndexKey.Of(JsonTokenType.String, new byte[length], false, out var exact);

        Assert.Equal(isExact, exact);
    }

    [Theory]
    [InlineData("""caf\u00e9\/""", "café/")]
    [InlineData("""a\u0000b""", "a\0b")]
    [InlineData("""\ud83d\ude00""", "😀")]
    public void Escapes_do_not_matter(string escaped, string plain) =>
        Assert.Equal(
            IndexKey.Of(JsonTokenType.String, Encoding.UTF8.GetBytes(plain), false, out _),
            IndexKey.Of(JsonTokenType.String, Encoding.UTF8.GetBytes(escaped), true, out _));

    [Fact]
    public void Half_a_surrogate_pair_differs_from_everything_else()
    {
        var keys = new[] { """\ud800""", """\udc00""", """\ufffd""", "?", """\ud800\udc00""" }.Select(text =>
            Convert.ToHexString(IndexKey.Of(JsonTokenType.String, Encoding.UTF8.GetBytes(text), true, out _)));

        Assert.Equal(5, keys.Distinct().Count());
    }

    [Fact]
    public void Types_are_apart_and_within_the_bounds_of_all()
    {
        JsonTokenType[] types =
        [
            JsonTokenType.Null,
            JsonTokenType.False,
            JsonTokenType.True,
            JsonTokenType.Number,
            JsonTokenType.String,
            JsonTokenType.StartArray,
            JsonTokenType.StartObject,
        ];
        var keys = types.Select(type => (Type: type, Key: IndexKey.Of(type, "1"u8, false, out _))).ToList();

        foreach (var (type, key) in keys)
        {
            Assert.All(keys, other =>
                Assert.Equal(
                    other.Type == type,
                    other.Key.AsSpan().SequenceCompareTo(IndexKey.StartOf(type)) >= 0
                        && other.Key.AsSpan().SequenceCompareTo(IndexKey.EndOf(type)) < 0));
            Assert.True(
                key.AsSpan().SequenceCompareTo(IndexKey.Lowest) > 0
                    && key.AsSpan().SequenceCompareTo(IndexKey.Highest) < 0);
        }
    }

    /// <summary>Keys are stored, so these never change.</summary>
    [Theory]
    [InlineData("0", "3001")]
    [InlineData("12.5", "3002810D33")]
    [InlineData("-12.5", "30007EF2CCFF")]
    [InlineData("1e100", "3002FF80000000000000640B")]
    [InlineData("-1e-100", "3000FF8000000000000063F4FF")]
    public void A_number_has_the_key_that_it_always_had(string number, string key) =>
        Assert.Equal(key, Convert.ToHexString(Key(number)));

    private static byte[] Key(string number) =>
        IndexKey.Of(JsonTokenType.Number, Encoding.ASCII.GetBytes(number), false, out _);

    private static bool IsExact(string number)
    {
        IndexKey.Of(JsonTokenType.Number, Encoding.ASCII.GetBytes(number), false, out var exact);
        return exact;
    }

    private static string Number(Random random)
    {
        var whole =
            random.Next(3) == 0 ? "0" : $"{random.Next(1, 10)}{new string('0', random.Next(4))}{random.Next(100)}";
        var fraction = random.Next(2) == 0 ? "" : "." + new string('0', random.Next(4)) + random.Next(1000);
        var exponent = random.Next(3) switch
        {
            0 => "",
            1 => $"e{random.Next(-5, 6)}",
            _ => $"E{random.Next(-130, 131)}",
        };
        return (random.Next(2) == 0 ? "-" : "") + whole + fraction + exponent;
    }

    /// <summary>Mostly alike, and of a length at which keys begin to be cut.</summary>
    private static byte[] Text(Random random)
    {
        var text = Enumerable.Repeat((byte)'m', random.Next(2) == 0 ? random.Next(5) : random.Next(108, 140)).ToArray();
        if (text.Length > 0)
            text[random.Next(2) == 0 ? text.Length - 1 : random.Next(text.Length)] = (byte)random.Next(0, 0xF5);
        return text;
    }
}
