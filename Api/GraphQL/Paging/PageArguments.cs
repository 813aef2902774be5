using Tributary.GraphQL.Types;

namespace Tributary.Api.GraphQL.Paging;

/// <summary>The arguments of a Relay connection, checked.</summary>
/// <param name="Count">The most nodes of the page.</param>
/// <param name="IsBackward">True with <c>last</c>: from the end.</param>
internal readonly record struct PageArguments(int Count, bool IsBackward, string? After, string? Before)
{
    /// <exception cref="Tributary.GraphQL.GraphQLException">
    /// Names the argument, its value and the allowed values.
    /// </exception>
    public static PageArguments Of(InputObject arguments)
    {
        var first = CountOf(arguments, "first");
        var last = CountOf(arguments, "last");
        if (first is not null && last is not null)
            throw Resolving.Invalid("Found both 'first' and 'last'; allowed: one of them.");
        return new PageArguments(
            first ?? last ?? RequestLimits.DefaultPageCount, last is not null, arguments.Get<string>("after"),
            arguments.Get<string>("before"));
    }

    private static int? CountOf(InputObject arguments, string name)
    {
        if (!arguments.TryGetValue(name, out var given) || given is not int count)
            return null;
        return count is >= 0 and <= RequestLimits.MaxPageCount
            ? count
            : throw Resolving.Invalid($"The argument '{name}' is {count}; allowed: 0 to {RequestLimits.MaxPageCount}.");
    }
}
