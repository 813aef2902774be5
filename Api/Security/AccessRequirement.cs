using Microsoft.AspNetCore.Authorization;

namespace Tributary.Api.Security;

/// <summary>A requirement on a request, which <see cref="AccessEvaluator"/> checks.</summary>
internal sealed class AccessRequirement : IAuthorizationRequirement
{
    /// <summary>The endpoint says who may call it.</summary>
    public static readonly AccessRequirement Declared = new();

    /// <summary>The request does not come from a page of another origin.</summary>
    public static readonly AccessRequirement OwnPages = new();

    /// <summary>The caller has a key, where the server has keys.</summary>
    public static readonly AccessRequirement KnownKey = new();

    private AccessRequirement()
    {
    }
}
