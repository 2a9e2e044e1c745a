/** A tag as STS is given it. */
export interface IamTag {
  readonly Key: string;
  readonly Value: string;
}
